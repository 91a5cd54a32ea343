/** CopyCampaign: a new campaign (or template) with the columns of another. U27 (copyCampaignLinks): its links come along, or not. */
import { runQuery } from '../odata/run-query.ts';
import type { Row } from '../store/row-store.ts';
import { requirePrivileges } from './authorize.ts';
import { newRow } from './new-row.ts';
import type { NamedOperation, OperationContext } from './operation.ts';
import { visibleRow } from './update.ts';

const COPIED = [
  'name',
  'typecode',
  'objective',
  'description',
  'message',
  'promotioncodename',
  'proposedstart',
  'proposedend',
];

export const copyCampaign: NamedOperation = (context, { boundTo, parameters }) => {
  requirePrivileges(context, ['prvReadCampaign', 'prvCreateCampaign']);
  const sourceId = boundTo?.id ?? '';
  const id = context.store.transaction(() => {
    const source = visibleRow(context, 'campaign', sourceId);
    const columns = COPIED.map((column) => [column, source[column] ?? null]);
    const given: Row = { ...Object.fromEntries(columns), istemplate: parameters.SaveAsTemplate === true };
    const row = newRow(context, 'campaign', given);
    context.store.insert('campaign', row);
    if (context.switches.copyCampaignLinks === 'yes') copyLinks(context, sourceId, String(row.campaignid));
    return String(row.campaignid);
  });
  return { status: 200, body: runQuery(context, { kind: 'row', table: 'campaign', id }, '', {}).body };
};

function copyLinks(context: OperationContext, sourceId: string, copyId: string): void {
  for (const item of context.store.find('campaignitem', { _campaignid_value: sourceId })) {
    context.store.insert('campaignitem', { ...item, campaignitemid: context.newId(), _campaignid_value: copyId });
  }
}
