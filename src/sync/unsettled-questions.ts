/**
 * What no public source settles about Dataverse, by the numbers of docs/unsettled.md, and why reading cannot answer it where it cannot.
 * `sync check --deep` reads only: whatever needs a write is left to the contract tests in a sandbox.
 */

const NEEDS_WRITE = 'Only a write shows it.';

/** Questions that reading does not answer, by number. The others are answered in check-unsettled.ts. */
const NOT_BY_READING = {
  1: ['adding somebody who is a member already', NEEDS_WRITE],
  2: ['the same person twice in one call', NEEDS_WRITE],
  3: ['one bad person among many in one call', NEEDS_WRITE],
  4: ['the error for a person of the wrong table', NEEDS_WRITE],
  5: ['adding an inactive person', NEEDS_WRITE],
  6: ['adding a merged person', NEEDS_WRITE],
  7: ['RemoveMemberList for somebody who is no member', NEEDS_WRITE],
  8: ['RemoveListMembersList with people who are no members', NEEDS_WRITE],
  12: ['linking a list that is linked already', NEEDS_WRITE],
  13: ['writing the link directly ($ref)', NEEDS_WRITE],
  14: ['removing from a locked or inactive list', NEEDS_WRITE],
  15: ['linking a list to an inactive campaign', NEEDS_WRITE],
  16: ['the most members in one call', NEEDS_WRITE],
  18: ['deleting a row of listmember', NEEDS_WRITE],
  22: ['whether a read right after a write sees it', NEEDS_WRITE],
  23: ['the row of somebody who is removed and added again', NEEDS_WRITE],
  24: ['creating a list under a taken id', NEEDS_WRITE],
  27: ['whether a copied campaign takes the lists along', 'Only a copy shows it; lists.copied names copies that did.'],
  31: ['an id that was deleted before', NEEDS_WRITE],
} as const satisfies Record<number, readonly [string, string]>;

const ANSWERED = [9, 10, 11, 17, 19, 20, 21, 25, 26, 28, 29, 30] as const;
export type AnsweredNumber = (typeof ANSWERED)[number];

export type UnansweredQuestion = { readonly id: string; readonly question: string; readonly why: string };

export const unsettledId = (number: number): string => `unsettled.U${number}`;

export const UNANSWERED: readonly UnansweredQuestion[] = Object.entries(NOT_BY_READING).map(
  ([number, [question, why]]) => ({ id: unsettledId(Number(number)), question, why }),
);

/** All ids, in the order of their numbers. */
export const UNSETTLED_CHECK_IDS: readonly string[] = [...Object.keys(NOT_BY_READING).map(Number), ...ANSWERED]
  .toSorted((one, other) => one - other)
  .map(unsettledId);
