/**
 * What a command that reads everything first keeps on disk meanwhile, so that memory does not grow with the input: the rows, whom they
 * may mean, who is in, and whose removal is planned. An interface, since the domain knows no files; commands/spool has the file.
 */

import type { ListMember, PersonType } from '../../dataverse/wire.ts';
import type { InputRow, InputRows } from '../../input/input-row.ts';

/** A membership row, told from one that has the same id but was made again (U23). */
export type MemberKey = Pick<ListMember, 'id' | 'createdOn'>;

/** Somebody who is on an own list, put there by a flow action. `line` counts them. */
export type Candidate = {
  readonly personType: PersonType;
  readonly personId: string;
  readonly listId: string;
  readonly line: number;
};

export type SpooledMember = ListMember & {
  readonly personType: PersonType;
  /** Put in by a flow action, as the rules of `remove` see it. */
  readonly isOurs: boolean;
};

export type Spool = {
  saveRows(rows: readonly InputRow[]): void;
  /** The rows in their order. */
  rows(): InputRows;
  countRows(): number;
  /** Rows per source. */
  rowsOf(source: string): number;

  /** These records are not removed, whatever else is found. */
  protect(personIds: Iterable<string>): void;
  isProtected(personId: string): boolean;
  /** Nor is anybody whose address has one of these look-alike keys: Dynamics cannot be asked for every spelling. */
  protectAddresses(lookAlikeKeys: Iterable<string>): void;
  isProtectedAddress(lookAlikeKey: string): boolean;
  /** Nor is anybody whose address or id begins with this text: an input was cut off there. */
  protectBeginning(text: string): void;
  /** The texts, as they were given. */
  protectedBeginnings(): readonly string[];

  saveMembers(members: readonly SpooledMember[]): void;
  /** Whether this membership row was there, put in by a flow action, when the members were saved. */
  isCandidate(member: MemberKey): boolean;
  /** People whom flow actions put in and who are not protected; each once, in pages. */
  candidates(): AsyncIterable<readonly Candidate[]>;
  /** People whom flow actions put in. */
  countOurs(): number;
  /** People whom nobody of ours put in and who are not protected, by who did (undefined: not told). */
  countOthers(): ReadonlyMap<string | undefined, number>;

  plan(members: readonly (MemberKey & { readonly personId: string })[]): void;
  isPlanned(member: MemberKey): boolean;
  /** People, not rows. */
  countPlanned(): number;
  /** Candidates whose removal is planned; each once, in pages. */
  plannedCandidates(): AsyncIterable<readonly Candidate[]>;
};
