/** `Prefer: odata.include-annotations`: which annotations an answer carries. */
export const FORMATTED_VALUE = 'OData.Community.Display.V1.FormattedValue';
export const LOOKUP_TABLE = 'Microsoft.Dynamics.CRM.lookuplogicalname';
export const LOOKUP_PROPERTY = 'Microsoft.Dynamics.CRM.associatednavigationproperty';

export type Wanted = (annotation: string) => boolean;

export function wantedAnnotations(patterns: readonly string[] | undefined): Wanted {
  const included = (patterns ?? []).filter((pattern) => !pattern.startsWith('-'));
  const excluded = (patterns ?? []).filter((pattern) => pattern.startsWith('-')).map((pattern) => pattern.slice(1));
  const matches = (list: readonly string[], name: string): boolean => list.some((pattern) => isMatch(pattern, name));
  return (name) => matches(included, name) && !matches(excluded, name);
}

function isMatch(pattern: string, name: string): boolean {
  if (pattern === '*') return true;
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

/** Any fixed number will do: it changes with every publication of customizations. */
const METADATA_VERSION = '6012567';

export type PageCount = { total: number; isLimited: boolean };

/** Annotations of a page; the total is -1 unless it was asked for. */
export function pageAnnotations(wanted: Wanted, count: PageCount | undefined): Record<string, unknown> {
  const all = {
    'Microsoft.Dynamics.CRM.totalrecordcount': count?.total ?? -1,
    'Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded': count?.isLimited ?? false,
    'Microsoft.Dynamics.CRM.globalmetadataversion': METADATA_VERSION,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (wanted(name) ? [[`@${name}`, value]] : [])),
  );
}
