/** Input columns are kept under the lead table's names; a contact has most of them, and some of its own. Pure. */
import type { PersonType } from '../../dataverse/wire.ts';
import { dynamicsName, MARKETO_COLUMNS } from '../../input/marketo-columns.ts';

/** Column of the lead table (or the contact's, where a lead has none) → that of the contact table; undefined: a contact has none. */
const leadToContactColumns: ReadonlyMap<string, string | undefined> = mapping('contact');

const leadColumns: ReadonlyMap<string, string | undefined> = mapping('lead');

/** The values under the names of a table. Those that it has no column for are left out and named: a contact's company is its account. */
export function columnsForTable(
  table: PersonType,
  raw: Readonly<Record<string, string>>,
): { readonly values: Readonly<Record<string, string>>; readonly leftOut: readonly string[] } {
  const names = table === 'contact' ? leadToContactColumns : leadColumns;
  const entries = Object.entries(raw).map(
    ([name, text]) => [names.has(name) ? names.get(name) : name, name, text] as const,
  );
  return {
    values: Object.fromEntries(entries.flatMap(([to, , text]) => (to === undefined ? [] : [[to, text] as const]))),
    leftOut: entries.flatMap(([to, from]) => (to === undefined ? [from] : [])),
  };
}

function mapping(table: PersonType): ReadonlyMap<string, string | undefined> {
  return new Map(MARKETO_COLUMNS.map((column) => [dynamicsName(column), column[table]]));
}
