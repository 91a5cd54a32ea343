/**
 * What this organization supports, as learnt during the run, and all fallbacks: what a refusal shows that it does not support. Every entry
 * starts with what most organizations are expected to support; the U-numbers are those of docs/unsettled.md.
 */
import { DataverseError } from '../errors.ts';
import { causedBy } from './errors.ts';
import { NO_SUCH_ROW, TOO_MANY_VALUES } from './refusals.ts';

export type Capabilities = {
  /** U30: FetchXML outer join of a person table with listmember. */
  readonly outerJoin: boolean;
  /** FetchXML join of list and campaign through campaignitem. */
  readonly linkJoin: boolean;
  /** U17: how listmember is asked for several people. */
  readonly membersBy: MembersBy;
  /** U9: RemoveListMembersList. */
  readonly removeListMembers: boolean;
  /** U10: RemoveMemberList. */
  readonly removeMember: boolean;
  /** U11: RemoveItemCampaign. */
  readonly removeItemCampaign: boolean;
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
 * `In` over entityid; FetchXML's `in`, which is another code path of the service; one comparison per person, which every known client
 * sends for one, and which costs no extra request; or, last, page by page, as it is at each read.
 */
export type MembersBy = 'In' | 'FetchXML' | 'eq' | 'whole list';

export type CapabilityTracker = {
  current(): Capabilities;
  learn(change: Partial<Capabilities>): void;
};

export function trackCapabilities(): CapabilityTracker {
  let capabilities: Capabilities = {
    outerJoin: true,
    linkJoin: true,
    membersBy: 'In',
    removeListMembers: true,
    removeMember: true,
    removeItemCampaign: true,
    actionInChangeSet: true,
    addItemCampaign: true,
    maxInValues: Number.POSITIVE_INFINITY,
    turkishCase: false,
  };
  return {
    current: () => capabilities,
    learn(change) {
      capabilities = { ...capabilities, ...change };
    },
  };
}

/** What was asked and refused, where another way of asking may be taken. */
export type Asked =
  /** People, with their rows on the lists unless `joined` is false. */
  | { readonly what: 'people'; readonly joined: boolean; readonly values: number }
  /** A whole list, each row with its person. */
  | { readonly what: 'members with people' }
  /** Which lists are linked to which campaigns. */
  | { readonly what: 'links' }
  /** Which of these people are on a list. */
  | { readonly what: 'memberships'; readonly by: MembersBy; readonly people: number }
  /** A list and its link to the campaign, in one change set. */
  | { readonly what: 'list with link' }
  | { readonly what: 'AddItemCampaign' | 'RemoveItemCampaign' | 'RemoveListMembersList' | 'RemoveMemberList' };

/** People are asked for with at least so many values: a refusal of fewer has another reason. */
const SMALLEST_IN = 50;

/** NotFound of an action that an organization does not offer; that of a row has a code. */
const isNotOffered = ({ status, dataverseCode }: DataverseError): boolean =>
  status === 404 && dataverseCode !== NO_SUCH_ROW;

/** The action is there, and takes no such parameter ("Does not support untyped value in non-open type"). */
const isOtherwise = ({ status, message }: DataverseError): boolean =>
  status === 400 && /non-open type|not a valid parameter/i.test(message);

/**
 * What the refusal shows of the organization: the request is made again without it. Undefined when asking in another way would not help, and
 * the refusal stands.
 */
export function learnedFrom(
  asked: Asked,
  error: DataverseError,
  capabilities: Capabilities,
): Partial<Capabilities> | undefined {
  switch (asked.what) {
    case 'people':
      return (
        fewerValues(asked.values, SMALLEST_IN, error, capabilities) ?? (asked.joined ? withoutJoin(error) : undefined)
      );
    case 'members with people':
      return withoutJoin(error);
    case 'links':
      return error.status === 400 ? { linkJoin: false } : undefined;
    case 'memberships':
      return fewerValues(asked.people, 1, error, capabilities) ?? nextWay(asked.by, error, capabilities);
    case 'list with link':
      // Refused in a change set, or not offered at all: neither leaves anything behind.
      return { actionInChangeSet: false };
    case 'AddItemCampaign':
      return isNotOffered(error) ? { addItemCampaign: false } : undefined;
    case 'RemoveItemCampaign':
      return isNotOffered(error) ? { removeItemCampaign: false } : undefined;
    case 'RemoveListMembersList':
      return isNotOffered(error) || isOtherwise(error) ? { removeListMembers: false } : undefined;
    case 'RemoveMemberList':
      return isNotOffered(error) || isOtherwise(error) ? { removeMember: false } : undefined;
  }
}

type Learned = Partial<Capabilities> | undefined;

/** U29. */
function fewerValues(asked: number, least: number, error: DataverseError, { maxInValues }: Capabilities): Learned {
  if (error.dataverseCode !== TOO_MANY_VALUES) return undefined;
  // Another batch may have learnt it meanwhile.
  if (asked > maxInValues) return {};
  return maxInValues <= least ? undefined : { maxInValues: Math.floor(asked / 2) || 1 };
}

/** U30. */
const withoutJoin = ({ status }: DataverseError): Learned => (status === 400 ? { outerJoin: false } : undefined);

const NEXT_WAY = { In: 'FetchXML', FetchXML: 'eq', eq: 'whole list', 'whole list': undefined } as const;

/** U17. */
function nextWay(by: MembersBy, { status }: DataverseError, { membersBy }: Capabilities): Learned {
  const next = NEXT_WAY[by];
  if (status !== 400 || next === undefined) return undefined;
  // Another batch may have learnt it meanwhile.
  return membersBy === by ? { membersBy: next } : {};
}

/** Where neither action that takes people off a list is offered. */
export function removeNotOffered(cause: DataverseError): DataverseError {
  return new DataverseError(
    'REMOVE_NOT_OFFERED',
    'This organization offers neither RemoveListMembersList nor RemoveMemberList: people cannot be removed from a list.',
    {
      ...causedBy(cause),
      hint: 'The actions come with Dynamics 365 Sales. `dyncamp sync check` shows what this organization offers.',
    },
  );
}
