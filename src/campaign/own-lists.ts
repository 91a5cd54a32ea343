/**
 * Which lists are a campaign's own, which of them is the target for each kind of person, and what is wrong with them. Pure.
 * The rules are those of the domain, in the same order.
 */

import { type Campaign, type MarketingList, PERSON_TYPES } from '../dataverse/wire.ts';
import type { NewList } from '../dataverse/writes.ts';
import type { PersonType } from '../events.ts';
import { derivedListType } from './ids.ts';
import { ownListName, parseOwnListName } from './list-name.ts';

export type LinkedCampaign = { readonly id: string; readonly name: string; readonly code: string };

/** Everything read that decides whether a campaign is usable. */
export type CampaignFacts = {
  readonly organizationId: string;
  readonly campaign: Campaign;
  readonly linked: readonly MarketingList[];
  /** Lists with a derived id or a name of ours, linked or not. */
  readonly ours: readonly MarketingList[];
  /** Campaigns that a list is linked to, for the lists that may be own. */
  readonly campaignsOfList: ReadonlyMap<string, readonly LinkedCampaign[]>;
  /** Unique ids in list names that are campaigns' ids, but not this one's. */
  readonly otherCampaignIds: ReadonlySet<string>;
  /** Unlinked lists of ours that have members. */
  readonly listsWithMembers: ReadonlySet<string>;
};

export type OwnList = {
  readonly id: string;
  readonly name: string;
  readonly personType: PersonType;
  /** `ours`: the derived id, or the campaign's id in the name. `marketo`: found by the name pattern. */
  readonly origin: 'ours' | 'marketo';
  readonly isLinked: boolean;
  /** The list as it was read, whose own type may be another. */
  readonly read: MarketingList;
};

export type ListProblemCode =
  | 'LIST_LOCKED'
  | 'LIST_INACTIVE'
  | 'LIST_DYNAMIC'
  | 'LIST_WRONG_TYPE'
  | 'LIST_DETACHED'
  | 'LIST_DOUBLED'
  | 'LIST_SHARED';

/** CAMPAIGN and OTHER are to be filled in. */
export const LIST_REMEDIES: Readonly<Record<ListProblemCode, string>> = {
  LIST_LOCKED: 'Unlock it in Dynamics (field "Locked"), or: `dyncamp sync repair CAMPAIGN --unlock`.',
  LIST_INACTIVE: 'Activate it in Dynamics (Marketing Lists > Activate).',
  LIST_DYNAMIC: 'Remove it from the campaign in Dynamics; dyncamp then creates a static list.',
  LIST_WRONG_TYPE: 'Remove it from the campaign in Dynamics; a list cannot change its member type.',
  LIST_DETACHED: 'Link it again: `dyncamp sync repair CAMPAIGN`.',
  LIST_DOUBLED:
    'Keep one: `dyncamp sync repair CAMPAIGN` moves the members that dyncamp or Marketo added. Or remove the other list from the campaign in Dynamics.',
  LIST_SHARED:
    'Remove it from the other campaign: `dyncamp sync repair CAMPAIGN --unlink-from OTHER`. To continue anyway: --allow-shared-list.',
};

export type ListProblem = {
  readonly code: ListProblemCode;
  readonly listIds: readonly string[];
  readonly message: string;
};

export type ListWarning = {
  readonly code: 'LIST_BESIDE_OURS' | 'LIST_RENAMED' | 'LIST_OF_OTHER_CAMPAIGN';
  readonly listIds: readonly string[];
  readonly message: string;
};

export type OwnLists = {
  /** The list that people of a type are added to; undefined when it does not exist yet. */
  readonly targets: Readonly<Record<PersonType, OwnList | undefined>>;
  /** All own lists, targets first: members are searched on these. */
  readonly all: readonly OwnList[];
  /** Linked static lists that are not own. */
  readonly foreign: readonly MarketingList[];
  readonly problems: readonly ListProblem[];
  readonly warnings: readonly ListWarning[];
};

export function classifyOwnLists(facts: CampaignFacts): OwnLists {
  const candidates = findCandidates(facts);
  const isOwn = new Set(candidates.map((candidate) => candidate.id));
  const targets = { lead: targetOf('lead', candidates), contact: targetOf('contact', candidates) };
  const chosen = PERSON_TYPES.flatMap((type) => targets[type] ?? []);
  const rest = candidates.filter((candidate) => !chosen.includes(candidate));
  const foreign = facts.linked.filter((list) => !isOwn.has(list.id));
  return {
    targets,
    all: [...chosen, ...rest],
    foreign: foreign.filter((list) => !list.isDynamic),
    problems: [
      ...PERSON_TYPES.flatMap((type) => doubled(type, candidates)),
      ...candidates.flatMap((candidate) => problemsOf(candidate, facts)),
    ],
    warnings: [
      ...warnings(
        'LIST_BESIDE_OURS',
        rest.filter(({ origin, personType }) => origin === 'marketo' && targets[personType]?.origin === 'ours'),
        (name) => `Marketo's list ${name} exists beside dyncamp's own list; dyncamp adds people to its own.`,
      ),
      ...warnings(
        'LIST_RENAMED',
        candidates.filter(({ origin, name }) => origin === 'ours' && parseOwnListName(name) === undefined),
        (name) => `Own list ${name} was renamed; it is still used.`,
      ),
      ...warnings(
        'LIST_OF_OTHER_CAMPAIGN',
        foreign.filter(({ name }) => facts.otherCampaignIds.has(parseOwnListName(name)?.uniqueGuid ?? '')),
        (name) => `List ${name} is the own list of another campaign; dyncamp does not write to it for this campaign.`,
      ),
    ],
  };
}

function findCandidates(facts: CampaignFacts): readonly OwnList[] {
  const linkedIds = new Set(facts.linked.map((list) => list.id));
  const byId = new Map([...facts.ours, ...facts.linked].map((list) => [list.id, list]));
  return [...byId.values()].flatMap((list) => {
    const own = ownership(list, facts);
    const { id, name } = list;
    return own === undefined ? [] : [{ id, name, isLinked: linkedIds.has(id), read: list, ...own }];
  });
}

/** Undefined for a list that is not the campaign's own. */
export function ownership(
  list: MarketingList,
  {
    organizationId,
    campaign,
    otherCampaignIds,
  }: Pick<CampaignFacts, 'organizationId' | 'campaign' | 'otherCampaignIds'>,
): Pick<OwnList, 'origin' | 'personType'> | undefined {
  const derivedFor = derivedListType(list.id, organizationId, campaign.id);
  if (derivedFor !== undefined) return { origin: 'ours', personType: derivedFor };
  const name = parseOwnListName(list.name);
  if (name === undefined) return undefined;
  if (name.uniqueGuid === campaign.id) return { origin: 'ours', personType: name.personType };
  if (name.uniqueGuid !== undefined && otherCampaignIds.has(name.uniqueGuid)) return undefined;
  return { origin: 'marketo', personType: name.personType };
}

/** Ours before Marketo's; the derived one is first in facts.ours. Several lists are reported as a problem, so the choice does not matter then. */
function targetOf(type: PersonType, candidates: readonly OwnList[]): OwnList | undefined {
  const ofType = candidates.filter((candidate) => candidate.personType === type);
  return ofType.find((candidate) => candidate.origin === 'ours') ?? ofType[0];
}

function doubled(type: PersonType, candidates: readonly OwnList[]): readonly ListProblem[] {
  const ofType = candidates.filter((candidate) => candidate.personType === type);
  const ours = ofType.filter((candidate) => candidate.origin === 'ours');
  const rivals = ours.length > 0 ? ours : ofType;
  if (rivals.length < 2) return [];
  return [
    {
      code: 'LIST_DOUBLED',
      listIds: rivals.map((list) => list.id),
      message: `The campaign has ${rivals.length} own lists for ${type}s: ${rivals.map(nameAndId).join(', ')}.`,
    },
  ];
}

function problemsOf({ read, personType, isLinked }: OwnList, facts: CampaignFacts): readonly ListProblem[] {
  const others = (facts.campaignsOfList.get(read.id) ?? []).filter((campaign) => campaign.id !== facts.campaign.id);
  const named = others.map((campaign) => `"${campaign.name}" ${campaign.id}`).join(', ');
  const found: readonly (readonly [ListProblemCode, boolean, string])[] = [
    ['LIST_DYNAMIC', read.isDynamic, 'is dynamic: people cannot be added to a dynamic list'],
    ['LIST_WRONG_TYPE', read.personType !== personType, `is not a list of ${personType}s`],
    ['LIST_INACTIVE', !read.isActive, 'is inactive'],
    ['LIST_LOCKED', read.isLocked, 'is locked'],
    [
      'LIST_DETACHED',
      !isLinked && facts.listsWithMembers.has(read.id),
      'has members but is no longer linked to the campaign',
    ],
    [
      'LIST_SHARED',
      others.length > 0,
      `is linked to another campaign too (${named}): adding people to one would add them to both`,
    ],
  ];
  return found.flatMap(([code, isFound, what]) =>
    isFound ? [{ code, listIds: [read.id], message: `Own list ${nameAndId(read)} ${what}.` }] : [],
  );
}

const warnings = (
  code: ListWarning['code'],
  lists: readonly { readonly id: string; readonly name: string }[],
  messageOf: (name: string) => string,
): readonly ListWarning[] => lists.map((list) => ({ code, listIds: [list.id], message: messageOf(nameAndId(list)) }));

/** How messages name a list, or a campaign. */
export const nameAndId = ({ name, id }: { readonly name: string; readonly id: string }): string => `"${name}" (${id})`;

/** Explains a list made by dyncamp to those who open it in Dynamics. Maximum lengths: purpose 512, description 2000. */
export function newOwnList(facts: CampaignFacts, personType: PersonType): Omit<NewList, 'id'> {
  const campaign = nameAndId(facts.campaign);
  return {
    personType,
    name: ownListName(personType, facts.campaign.id),
    purpose: `Kept by dyncamp: ${personType}s of campaign ${campaign}`.slice(0, 512),
    description:
      `The ${personType}s that dyncamp put into campaign ${campaign}. dyncamp makes, fills and reads this list; please do not rename, lock, detach or share it.`.slice(
        0,
        2000,
      ),
  };
}

/** How a command line names another campaign: by its code, where that is one word and no other campaign at hand has it. */
export function wordOfOther({ campaign, campaignsOfList }: CampaignFacts, id: string): string {
  const known = new Map([campaign, ...[...campaignsOfList.values()].flat()].map((each) => [each.id, each.code]));
  const code = known.get(id) ?? '';
  const isOnly = [...known.values()].filter((each) => each.toLowerCase() === code.toLowerCase()).length === 1;
  return isOnly && /^\w[\w.-]*$/.test(code) ? code : `id:${id}`;
}

/**
 * What to do about a problem, to be pasted: `campaign` as a command line names it, and the other campaign if there is only one. Without
 * `campaign` for programs: CAMPAIGN is to be filled in, and the other one is an id.
 */
export function remedyOf(facts: CampaignFacts, { code, listIds }: ListProblem, campaign?: string): string {
  const others = new Set(
    listIds.flatMap((id) => (facts.campaignsOfList.get(id) ?? []).map(({ id: campaignId }) => campaignId)),
  );
  others.delete(facts.campaign.id);
  const [other] = others;
  const named = campaign === undefined ? LIST_REMEDIES[code] : LIST_REMEDIES[code].replaceAll('CAMPAIGN', campaign);
  if (other === undefined || others.size > 1) return named;
  return named.replace('OTHER', campaign === undefined ? `id:${other}` : wordOfOther(facts, other));
}
