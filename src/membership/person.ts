/** The two kinds of people that a campaign's own lists hold. Accounts may stand on Dynamics lists but are no people here. */
export const PERSON_TYPES = ['lead', 'contact'] as const;
export type PersonType = (typeof PERSON_TYPES)[number];

/** Trimmed, NFC, lower case: how events show addresses, and how values of the --match-by column are compared. */
export function normalizeEmail(text: string): string {
  return text.trim().normalize('NFC').toLowerCase();
}
