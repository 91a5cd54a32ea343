/** The names of journal files, one per organization. Does not load SQLite, so that looking for journals is cheap. */
import { readdirSync } from 'node:fs';

export const JOURNAL_EXTENSION = '.sqlite';

/** The file's name without its extension. */
export function journalName(organizationId: string): string {
  return encodeURIComponent(organizationId.toLowerCase());
}

/** Sorted ids of the organizations with a journal in the directory; empty when there is no such directory. */
export function organizationsWithJournal(directory: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(directory);
  } catch {
    // There is no directory, or this user may not read it: opening a journal reports which.
    return [];
  }
  return names
    .filter((name) => name.endsWith(JOURNAL_EXTENSION))
    .map((name) => decodeURIComponent(name.slice(0, -JOURNAL_EXTENSION.length)))
    .sort();
}
