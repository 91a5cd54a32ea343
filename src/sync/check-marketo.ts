/** Whether Marketo's own solution is in the organization: then it will see leads that dyncamp creates. */
import { contains, eq, odataString, or, query } from '../dataverse/odata-query.ts';
import type { JsonObject, OperationResult, Read } from '../dataverse/operation.ts';
import { readRows } from '../dataverse/reads.ts';
import { rowsOf } from '../membership/rows-of.ts';
import { type Check, notChecked, ok, warning } from './check.ts';

export const MARKETO_CHECK_ID = 'marketo.solution';

/** Columns that Marketo's solution adds to lead ("Default Dynamics Field Mapping"). */
const MARKETO_COLUMNS = ['mkt_priority', 'mkt_relativescore', 'mkt_urgency'];

export function marketoOperations(): readonly [Read, Read] {
  const solution = or(contains('uniquename', 'marketo'), contains('friendlyname', 'marketo'));
  const columns = or(...MARKETO_COLUMNS.map((name) => eq('LogicalName', odataString(name))));
  return [
    readRows(query('solutions', { select: ['uniquename', 'friendlyname', 'version'], filter: solution }), 'uniquename'),
    readRows(
      query(`EntityDefinitions(LogicalName='lead')/Attributes`, { select: ['LogicalName'], filter: columns }),
      'LogicalName',
    ),
  ];
}

export function checkMarketo(solutions: OperationResult | undefined, columns: OperationResult | undefined): Check {
  const found = [
    ...rowsRead(solutions).map(solutionName),
    ...rowsRead(columns)
      .slice(0, 1)
      .map(({ LogicalName }) => `column ${String(LogicalName)} on lead`),
  ];
  if (found.length > 0)
    return warning(
      MARKETO_CHECK_ID,
      `Marketo's solution is installed (${found.join(', ')}): Marketo will see leads that dyncamp creates as new people.`,
      'Nothing to do if that is wanted. Otherwise add with --no-create, or let its sync filter pass them by.',
    );
  if (solutions?.kind !== 'ok' && columns?.kind !== 'ok')
    return notChecked(MARKETO_CHECK_ID, 'Neither the solutions nor the columns of lead can be read.');
  return ok(MARKETO_CHECK_ID, "Marketo's solution is not installed.");
}

function rowsRead(result: OperationResult | undefined): readonly JsonObject[] {
  return result?.kind === 'ok' ? rowsOf(result) : [];
}

function solutionName({ friendlyname, uniquename, version }: JsonObject): string {
  return `${String(friendlyname ?? uniquename)} ${String(version ?? '')}`.trim();
}
