/** The `Prefer` header: which of its preferences this service knows, and how it says that it followed them. */

export type RequestPreferences = {
  returnRepresentation: boolean;
  continueOnError: boolean;
  maxPageSize?: number;
  annotations?: readonly string[];
};

export function readPreferences(header: string | undefined): RequestPreferences {
  const result: RequestPreferences = { returnRepresentation: false, continueOnError: false };
  for (const [name, value] of preferencePairs(header ?? '')) apply(result, name, value);
  return result;
}

function apply(result: RequestPreferences, name: string, value: string): void {
  if (name === 'return' && value === 'representation') result.returnRepresentation = true;
  if (name === 'odata.continue-on-error' || name === 'continue-on-error') result.continueOnError = value !== 'false';
  if (name === 'odata.maxpagesize' && /^0*[1-9]\d*$/.test(value)) result.maxPageSize = Number(value);
  if (name === 'odata.include-annotations') result.annotations = value.split(',').map((item) => item.trim());
}

/** Splits at commas outside quotes: `odata.include-annotations="a,b",odata.maxpagesize=50`. */
function preferencePairs(header: string): [string, string][] {
  const pairs: [string, string][] = [];
  for (const match of header.matchAll(/([\w.-]+)\s*(?:=\s*("[^"]*"|[^,;]*))?/g)) {
    const value = (match[2] ?? '').trim().replace(/^"|"$/g, '');
    pairs.push([(match[1] ?? '').toLowerCase(), value]);
  }
  return pairs;
}

/** The `Preference-Applied` header, or undefined when nothing was. */
export function preferenceApplied(preferences: RequestPreferences): string | undefined {
  const applied: string[] = [];
  if (preferences.returnRepresentation) applied.push('return=representation');
  if (preferences.maxPageSize !== undefined) applied.push(`odata.maxpagesize=${preferences.maxPageSize}`);
  if (preferences.annotations !== undefined) {
    applied.push(`odata.include-annotations="${preferences.annotations.join(',')}"`);
  }
  return applied.length === 0 ? undefined : applied.join(',');
}
