/** Actions that close a lead or a duplicate: QualifyLead and Merge. */

import { refuse } from '../errors/errors.ts';
import { isJsonObject } from '../odata/values.ts';
import { requireAccess, requirePrivileges, visibleRow } from '../organization/privileges.ts';
import { leaveLists } from './members.ts';
import { newRow } from './new-row.ts';
import { contextUrl, modifiedColumns, type NamedOperation } from './operation.ts';
import { readReference } from './parameters.ts';
import { updateRow } from './rows.ts';

// QualifyLead: closes the lead as qualified and creates the contact that follows it (`originatingleadid`).
// U25 (qualifiedLeadMembership): the lead's rows on leads lists stay, or vanish.

const QUALIFIED = { statecode: 1, statuscode: 3 };

const CARRIED_OVER = [
  'salutation',
  'firstname',
  'middlename',
  'lastname',
  'emailaddress1',
  'emailaddress2',
  'emailaddress3',
  'jobtitle',
  'telephone1',
  'telephone2',
  'mobilephone',
  'address1_line1',
  'address1_city',
  'address1_postalcode',
  'address1_country',
  'donotbulkemail',
  'donotemail',
  'donotphone',
];

export const qualifyLead: NamedOperation = (context, { id: leadId, parameters }) => {
  if (parameters.CreateOpportunity === true) throw refuse.notEmulated('the creation of opportunities');
  if (parameters.CreateAccount === true) throw refuse.notEmulated('the creation of accounts by QualifyLead');
  requirePrivileges(context, ['prvReadLead', 'prvWriteLead']);
  const made = context.store.transaction(() => {
    const lead = visibleRow(context, 'lead', leadId);
    if (lead.statecode !== 0) throw refuse.leadClosed();
    const status = Number(parameters.Status);
    if (status !== QUALIFIED.statuscode && status !== -1) throw refuse.invalidStatePair();
    context.store.update('lead', leadId, { ...QUALIFIED, ...modifiedColumns(context) });
    if (context.switches.qualifiedLeadMembership === 'vanishes') leaveLists(context, leadId);
    if (parameters.CreateContact !== true) return [];
    requirePrivileges(context, ['prvCreateContact']);
    const carried = CARRIED_OVER.map((column) => [column, lead[column] ?? null]);
    const contact = newRow(context, 'contact', {
      ...Object.fromEntries(carried),
      _originatingleadid_value: String(lead.leadid),
      _ownerid_value: lead._ownerid_value ?? context.userId,
    });
    context.store.insert('contact', contact);
    return [{ '@odata.type': '#Microsoft.Dynamics.CRM.contact', contactid: String(contact.contactid) }];
  });
  const root = contextUrl(context, 'Collection(Microsoft.Dynamics.CRM.crmbaseentity)');
  return { status: 200, body: { '@odata.context': root, value: made } };
};

// Merge: a duplicate becomes the subordinate of the row that stays. [documented: "Merge table rows using the Web API"]
// Differs: only what UpdateContent names is carried over, and rows that point to the subordinate (memberships too) stay as they are.

/** How a merged row is closed: a lead as Canceled, others as Inactive. [inferred] */
const CLOSED = {
  account: { statecode: 1, statuscode: 2 },
  contact: { statecode: 1, statuscode: 2 },
  lead: { statecode: 2, statuscode: 7 },
};
type MergedTable = keyof typeof CLOSED;

const isMerged = (table: string): table is MergedTable => Object.hasOwn(CLOSED, table);

export const merge: NamedOperation = (context, { parameters }) => {
  const target = readReference(context.schema, parameters.Target);
  const subordinate = readReference(context.schema, parameters.Subordinate);
  const { table } = target;
  if (!isMerged(table)) throw refuse.unsupportedTable();
  if (subordinate.table !== table || subordinate.id === target.id) throw refuse.invalidArgument();
  if (parameters.PerformParentingChecks === true) throw refuse.notEmulated('the parenting checks of Merge');
  context.store.transaction(() => {
    requireAccess(context, 'Write', table, visibleRow(context, table, target.id));
    requireAccess(context, 'Write', table, visibleRow(context, table, subordinate.id));
    const { UpdateContent: body } = parameters;
    if (isJsonObject(body)) updateRow(context, { table, id: target.id, body });
    context.store.update(table, subordinate.id, {
      ...CLOSED[table],
      merged: true,
      _masterid_value: target.id,
      ...modifiedColumns(context),
    });
  });
  return { status: 204 };
};
