/** The two kinds of people that a campaign's own lists hold. Accounts may stand on Dynamics lists but are no people here. */
export const PERSON_TYPES = ['lead', 'contact'] as const;
export type PersonType = (typeof PERSON_TYPES)[number];

/** Trimmed, NFC, lower case: how dyncamp compares e-mail addresses and how they enter derived ids. */
export function normalizeEmail(text: string): string {
  return text.trim().normalize('NFC').toLowerCase();
}
