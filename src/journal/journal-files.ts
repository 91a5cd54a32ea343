/** The names of journal files: one per organization. Loads nothing, so that asking which there are costs nothing. */
import { readdirSync } from 'node:fs';

export const JOURNAL_EXTENSION = '.sqlite';

/** The file's name without its extension. */
export function journalName(organizationId: string): string {
  return encodeURIComponent(organizationId.toLowerCase());
}

/** Ids of the organizations that have a journal in a directory, sorted; none when there is no such directory. */
export function organizationsWithJournal(directory: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(directory);
  } catch {
    // Nothing was ever written there, or this user may not look: opening a journal says which.
    return [];
  }
  return names
    .filter((name) => name.endsWith(JOURNAL_EXTENSION))
    .map((name) => decodeURIComponent(name.slice(0, -JOURNAL_EXTENSION.length)))
    .sort();
}
