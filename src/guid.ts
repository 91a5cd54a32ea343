/** GUIDs as Dataverse writes them: 36 characters, lower case, no braces. */
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Lower-cases and strips braces and blanks; undefined when the text is not a GUID. */
export function parseGuid(text: string): string | undefined {
  // Nearly every id is written that way already.
  if (GUID.test(text)) return text;
  const plain = text
    .trim()
    .replace(/^\{(.*)\}$/, '$1')
    .toLowerCase();
  return GUID.test(plain) ? plain : undefined;
}
