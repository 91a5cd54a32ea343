/**
 * Behaviours of the real service that no public source settles, one switch each (the numbers are those of docs/unsettled.md, on the
 * Web API). The first value is the emulator's default. The client must be right under every value; tests run them all.
 */
export const UNSETTLED = {
  /** U1: add someone who is a member already. */
  addExistingMember: ['ignored', 'error', 'second-row'],
  /** U2: the same person twice in one `Members`. */
  addSamePersonTwice: ['one-row', 'error', 'two-rows'],
  /** U3: one bad person among `Members`. */
  addOneBadPerson: ['nothing-added', 'good-ones-added'],
  /** U4: the error for a person of another table than the list's. */
  addWrongTable: ['0x80040301', '0x80040217'],
  /** U5: an inactive person (closed lead, deactivated contact). */
  addInactivePerson: ['accepted', 'refused', 'skipped'],
  /** U6: a merged person. */
  addMergedPerson: ['accepted', 'refused'],
  /** U7: RemoveMemberList for somebody who is not a member. */
  removeNonMember: ['error', 'no-content'],
  /** U8: people who are not members in RemoveListMembersList. */
  removeListNonMembers: ['ignored', 'error', 'partial'],
  /** U9: is RemoveListMembersList offered. */
  removeListMembersList: ['offered', 'absent'],
  /** U10: RemoveMemberList. */
  removeMemberList: ['no-content', 'absent', 'ok-200', 'parameter-refused'],
  /** U11: RemoveItemCampaign. */
  removeItemCampaign: ['no-content', 'absent', 'ok-200'],
  /** U12: AddItemCampaign on a link that is there. */
  addExistingLink: ['ok-200', 'error-412'],
  /** U13: `$ref` writes on campaignlist_association; for an existing / absent link. */
  linkByRef: ['works-strict', 'works-idempotent', 'refused'],
  /** U14: remove from a locked or inactive list. */
  removeFromLockedList: ['refused', 'allowed'],
  /** U15: link a list to an inactive campaign. */
  linkToInactiveCampaign: ['refused', 'allowed'],
  /** U16: size of `Members`. `limit-500` refuses more than 500 with 0x80040203, `asynchronous` shows rows only after some reads. */
  membersSize: ['unlimited', 'limit-500', 'asynchronous'],
  /** U17: In() on listmember.entityid, and FetchXML's `in` on it. */
  inOnEntityId: ['works', 'refused', 'fetchxml-too'],
  /** U18: DELETE listmembers(id). */
  deleteListMember: ['refused', 'works'],
  /** U19: $expand / any() on list…_association with a filter. */
  associationFilter: ['works', 'refused', 'stale'],
  /** U20: status of the duplicate-detection refusal. */
  duplicateStatus: ['412', '500'],
  /** U21: strictness of batch line ends. */
  batchLineEnds: ['lenient', 'strict'],
  /** U21: outer status of a batch that stopped at a failing part. */
  batchOuterStatus: ['400', 'of-the-part'],
  /** U21: where a failed change set puts its error. */
  changeSetError: ['nested', 'bare'],
  /** U21: where throttling of one operation inside a batch shows. */
  batchThrottling: ['outer', 'part'],
  /** U22: a read right after a write shows it, or only after one / three reads of the same table. */
  readAfterWrite: ['consistent', 'late-1', 'late-3'],
  /** U23: listmemberid when someone is removed and added again. */
  readdedMemberId: ['new', 'same'],
  /** U24: create-only PATCH with a chosen listid that is taken. */
  createOnlyPatchOnList: ['412', 'upsert'],
  /** U25: a qualified lead's row on the leads list. */
  qualifiedLeadMembership: ['stays', 'vanishes'],
  /** U26: a request without OData-Version. */
  missingODataVersion: ['accepted', 'refused'],
  /** U26: membercount after a write. */
  memberCount: ['lags', 'exact'],
  /** U27: CopyCampaign copies the links to lists. */
  copyCampaignLinks: ['no', 'yes'],
  /** U28: AddItemCampaign. */
  addItemCampaign: ['offered', 'absent', 'refused-in-change-set'],
  /** U29: number of values in In / FetchXML in. */
  inValues: ['unlimited', 'limit-2000', 'limit-300'],
  /** U30: FetchXML outer join of lead or contact with listmember. */
  outerJoin: ['works', 'refused'],
  /** U31: a chosen id that was deleted before. */
  reusedId: ['allowed', 'refused'],
  /** U32: createdby of a membership row: the caller, the SYSTEM user, one other user for all rows, nobody. */
  memberCreator: ['caller', 'system', 'constant', 'none'],
  /** U33: a second write to a list while the first one works: it runs, waits, or fails (0x80044150 with 500 or 400). */
  concurrentListWrites: ['free', 'queued', 'deadlock', 'deadlock-400'],
  /** U34: the code of the 412 for a chosen id that is taken. */
  takenIdCode: ['0x80040237', '0x80060892', 'empty'],
  /** U35: parts in a `$batch`. */
  batchParts: ['1000', '250', '100'],
  /** U36: what the limit of two minutes applies to, where time is simulated. */
  batchTime: ['per-operation', 'in-all'],
  /** U37: table definitions are readable, or the code they are refused with. */
  tableDefinitions: ['readable', '0x80040220', '0x80048306', '0x80040256'],
  /** U38: RetrieveUserSetOfPrivilegesByNames. */
  privilegesByNames: ['full', 'refused', 'without-names'],
  /** U39: which texts are equal. CI_AI ignores case and accents, CI_AS case only, `turkish` both and knows the Turkish i. */
  collation: ['CI_AI', 'CI_AS', 'turkish'],
  /** U40: the e-mail column of people is secured by column security, and the caller has no profile that lets it read. */
  securedEmail: ['no', 'yes'],
  /** U40: secured values read as empty, or as a masking rule shows them; or they are empty for conditions, too. */
  securedValues: ['empty', 'masked', 'not-compared'],
  /** U41: the N:N rows of a parent that does not exist. */
  absentParent: ['404', 'no-rows'],
  /** U44: how deep callers may read campaigns, lists and people, unless their privileges say less. */
  readDepth: ['Global', 'Deep', 'Local', 'Basic', 'RecordFilter'],
} as const;

export type SwitchName = keyof typeof UNSETTLED;
export type Switches = { [Name in SwitchName]: (typeof UNSETTLED)[Name][number] };

/** Reads switches from JSON. Throws with the name or value that is unknown, and those that are known. */
export function parseSwitches(value: unknown): Partial<Switches> {
  requireSwitches(value);
  return value;
}

function requireSwitches(value: unknown): asserts value is Partial<Switches> {
  if (typeof value !== 'object' || value === null) throw new TypeError('switches must be an object');
  const known: Readonly<Record<string, readonly string[] | undefined>> = UNSETTLED;
  for (const [name, chosen] of Object.entries(value)) {
    const values = known[name];
    if (values === undefined)
      throw new TypeError(`unknown switch ${name}; known are ${Object.keys(UNSETTLED).join(', ')}`);
    if (!values.includes(String(chosen))) throw new TypeError(`switch ${name} must be one of ${values.join(', ')}`);
  }
}

const first = parseSwitches(Object.fromEntries(Object.entries(UNSETTLED).map(([name, [value]]) => [name, value])));
if (!isComplete(first)) throw new Error('every switch has a default');
export const DEFAULT_SWITCHES: Switches = first;

function isComplete(switches: Partial<Switches>): switches is Switches {
  return Object.keys(UNSETTLED).every((name) => name in switches);
}

/** Actions that the switches take away (U9, U10, U11, U28): `$metadata` does not list them either. */
export function absentOperations(switches: Switches): ReadonlySet<string> {
  return new Set(OFFERS.flatMap(([name, operation]) => (switches[name] === 'absent' ? [operation] : [])));
}

const OFFERS = [
  ['removeListMembersList', 'RemoveListMembersList'],
  ['removeMemberList', 'RemoveMemberList'],
  ['removeItemCampaign', 'RemoveItemCampaign'],
  ['addItemCampaign', 'AddItemCampaign'],
] as const;
