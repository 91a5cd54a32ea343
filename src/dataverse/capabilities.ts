/**
 * What this organization supports, as learnt during the run. Every entry starts with what most organizations are expected to support;
 * the U-numbers are those of docs/unsettled.md.
 */
export type ServerAbilities = {
  /** U30: FetchXML outer join of a person table with listmember. */
  readonly outerJoin: boolean;
  /** U17: how listmember is asked for several people. */
  readonly membersBy: MembersBy;
  /** U9: RemoveListMembersList. */
  readonly removeListMembers: boolean;
  /** U28: a bound action inside a change set. */
  readonly actionInChangeSet: boolean;
  /** U28: AddItemCampaign. */
  readonly addItemCampaign: boolean;
  /** U29: values in one In or FetchXML `in`. */
  readonly maxInValues: number;
  /** U39: i and I are two letters, as far as is known: addresses are asked for in upper case, too. */
  readonly turkishCase: boolean;
};

/**
 * `In` over entityid; FetchXML's `in`, which is another code path of the service; or one comparison per person, which every known client
 * sends for one.
 */
export type MembersBy = 'In' | 'FetchXML' | 'eq';

/** Rows in one read or write batch, and so members in one call. 1,000 is the most that any known code base sends. */
export const MAX_MEMBERS_PER_CALL = 1000;

export type AbilityTracker = {
  current(): ServerAbilities;
  learn(change: Partial<ServerAbilities>): void;
};

export function trackAbilities(): AbilityTracker {
  let abilities: ServerAbilities = {
    outerJoin: true,
    membersBy: 'In',
    removeListMembers: true,
    actionInChangeSet: true,
    addItemCampaign: true,
    maxInValues: Number.POSITIVE_INFINITY,
    turkishCase: false,
  };
  return {
    current: () => abilities,
    learn(change) {
      abilities = { ...abilities, ...change };
    },
  };
}
