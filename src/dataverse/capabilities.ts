/**
 * What this organization supports, as learnt during the run. Every entry starts with what most organizations are expected to support;
 * the U-numbers are those of docs/unsettled.md.
 */
export type ServerAbilities = {
  /** U30: FetchXML outer join of a person table with listmember. */
  readonly outerJoin: boolean;
  /** U17: In() on listmember.entityid. */
  readonly inOnEntityId: boolean;
  /** U9: RemoveListMembersList. */
  readonly removeListMembers: boolean;
  /** U28: a bound action inside a change set. */
  readonly actionInChangeSet: boolean;
  /** U28: AddItemCampaign. */
  readonly addItemCampaign: boolean;
  /** U29: values in one In or FetchXML `in`. */
  readonly maxInValues: number;
  /** U16: members in one AddListMembersList. */
  readonly maxMembers: number;
};

/** Rows in one read or write batch, and so members in one call. 1,000 is the most that any known code base sends. */
export const MAX_MEMBERS_PER_CALL = 1000;

export type AbilityTracker = {
  current(): ServerAbilities;
  learn(change: Partial<ServerAbilities>): void;
};

export function trackAbilities(): AbilityTracker {
  let abilities: ServerAbilities = {
    outerJoin: true,
    inOnEntityId: true,
    removeListMembers: true,
    actionInChangeSet: true,
    addItemCampaign: true,
    maxInValues: Number.POSITIVE_INFINITY,
    maxMembers: MAX_MEMBERS_PER_CALL,
  };
  return {
    current: () => abilities,
    learn(change) {
      abilities = { ...abilities, ...change };
    },
  };
}
