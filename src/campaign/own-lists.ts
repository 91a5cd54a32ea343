/**
 * Which lists are a campaign's own, which of them is the target for each kind of person, and what is wrong with them. Pure.
 * The rules are those of the domain, in the same order.
 */

import type { Campaign, MarketingList } from '../dataverse/wire.ts';
import { PERSON_TYPES, type PersonType } from '../dataverse/wire.ts';
import { derivedListType } from './ids.ts';
import { ownListName, parseOwnListName } from './list-name.ts';

export type LinkedCampaign = { readonly id: string; readonly name: string; readonly code?: string };

/** Everything read that decides whether a campaign is usable. */
export type CampaignFacts = {
  readonly organizationId: string;
  readonly campaign: Campaign;
  /** Lists linked to the campaign. */
  readonly linked: readonly MarketingList[];
  /** Lists with a derived id or a name of ours, linked or not. */
  readonly ours: readonly MarketingList[];
  /** Campaigns that a list is linked to, for the lists that may be own. */
  readonly campaignsOfList: ReadonlyMap<string, readonly LinkedCampaign[]>;
  /** Unique ids in list names that are other campaigns' ids. */
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
};

export type ListProblemCode =
  | 'LIST_LOCKED'
  | 'LIST_INACTIVE'
  | 'LIST_DYNAMIC'
  | 'LIST_WRONG_TYPE'
  | 'LIST_DETACHED'
  | 'LIST_DOUBLED'
  | 'LIST_SHARED';

export type ListProblem = {
  readonly code: ListProblemCode;
  readonly listIds: readonly string[];
  readonly message: string;
  readonly hint: string;
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

type Candidate = OwnList & { readonly list: MarketingList };

export function classifyOwnLists(facts: CampaignFacts): OwnLists {
  const candidates = findCandidates(facts);
  const isOwn = new Set(candidates.map((candidate) => candidate.id));
  const targets = { lead: targetOf('lead', candidates), contact: targetOf('contact', candidates) };
  const chosen = PERSON_TYPES.flatMap((type) => targets[type] ?? []);
  const rest = candidates.filter((candidate) => !chosen.includes(candidate));
  const foreign = facts.linked.filter((list) => !isOwn.has(list.id));
  return {
    targets: {
      lead: targets.lead && withoutList(targets.lead),
      contact: targets.contact && withoutList(targets.contact),
    },
    all: [...chosen, ...rest].map(withoutList),
    foreign: foreign.filter((list) => !list.isDynamic),
    problems: [
      ...PERSON_TYPES.flatMap((type) => doubled(type, candidates)),
      ...candidates.flatMap((candidate) => problemsOf(candidate, facts)),
    ],
    warnings: [...besideOurs(targets, rest), ...renamed(candidates), ...ofOtherCampaigns(foreign, facts)],
  };
}

function findCandidates(facts: CampaignFacts): readonly Candidate[] {
  const linkedIds = new Set(facts.linked.map((list) => list.id));
  const byId = new Map([...facts.ours, ...facts.linked].map((list) => [list.id, list]));
  return [...byId.values()].flatMap((list) => {
    const own = ownership(list, facts);
    return own === undefined ? [] : [{ id: list.id, name: list.name, isLinked: linkedIds.has(list.id), list, ...own }];
  });
}

function ownership(list: MarketingList, facts: CampaignFacts): Pick<OwnList, 'origin' | 'personType'> | undefined {
  const { organizationId, campaign } = facts;
  const derivedFor = derivedListType(list.id, organizationId, campaign.id);
  if (derivedFor !== undefined) return { origin: 'ours', personType: derivedFor };
  const name = parseOwnListName(list.name);
  if (name === undefined) return undefined;
  if (name.uniqueGuid === facts.campaign.id) return { origin: 'ours', personType: name.personType };
  if (name.uniqueGuid !== undefined && facts.otherCampaignIds.has(name.uniqueGuid)) return undefined;
  return { origin: 'marketo', personType: name.personType };
}

/** Ours before Marketo's; the derived one is first in facts.ours. Several lists are reported as a problem, so the choice does not matter then. */
function targetOf(type: PersonType, candidates: readonly Candidate[]): Candidate | undefined {
  const ofType = candidates.filter((candidate) => candidate.personType === type);
  return ofType.find((candidate) => candidate.origin === 'ours') ?? ofType[0];
}

function doubled(type: PersonType, candidates: readonly Candidate[]): readonly ListProblem[] {
  const ofType = candidates.filter((candidate) => candidate.personType === type);
  const ours = ofType.filter((candidate) => candidate.origin === 'ours');
  const rivals = ours.length > 0 ? ours : ofType;
  if (rivals.length < 2) return [];
  return [
    {
      code: 'LIST_DOUBLED',
      listIds: rivals.map((list) => list.id),
      message: `The campaign has ${rivals.length} own lists for ${type}s: ${rivals.map(nameAndId).join(', ')}.`,
      hint: 'Keep one: `dyncamp sync repair CAMPAIGN` moves the members that dyncamp or Marketo added. Or remove the other list from the campaign in Dynamics.',
    },
  ];
}

function problemsOf(candidate: Candidate, facts: CampaignFacts): readonly ListProblem[] {
  const { list } = candidate;
  const found: ListProblem[] = [];
  const problem = (code: ListProblemCode, what: string, hint: string): void => {
    found.push({ code, listIds: [list.id], message: `Own list ${nameAndId(list)} ${what}.`, hint });
  };
  if (list.isDynamic)
    problem(
      'LIST_DYNAMIC',
      'is dynamic: people cannot be added to a dynamic list',
      'Remove it from the campaign in Dynamics; dyncamp then creates a static list.',
    );
  if (list.personType !== candidate.personType)
    problem(
      'LIST_WRONG_TYPE',
      `is not a list of ${candidate.personType}s`,
      'Remove it from the campaign in Dynamics; a list cannot change its member type.',
    );
  if (!list.isActive) problem('LIST_INACTIVE', 'is inactive', 'Activate it in Dynamics (Marketing Lists > Activate).');
  if (list.isLocked)
    problem(
      'LIST_LOCKED',
      'is locked',
      'Unlock it in Dynamics (field "Locked"), or: `dyncamp sync repair CAMPAIGN --unlock`.',
    );
  if (!candidate.isLinked && facts.listsWithMembers.has(list.id))
    problem(
      'LIST_DETACHED',
      'has members but is no longer linked to the campaign',
      'Link it again: `dyncamp sync repair CAMPAIGN`.',
    );
  const others = (facts.campaignsOfList.get(list.id) ?? []).filter((campaign) => campaign.id !== facts.campaign.id);
  if (others.length > 0)
    problem(
      'LIST_SHARED',
      `is linked to another campaign too (${others.map((campaign) => `"${campaign.name}" ${campaign.id}`).join(', ')}): adding people to one would add them to both`,
      'Remove it from the other campaign: `dyncamp sync repair CAMPAIGN --unlink-from OTHER`. To continue anyway: --allow-shared-list.',
    );
  return found;
}

function besideOurs(
  targets: Readonly<Record<PersonType, Candidate | undefined>>,
  rest: readonly Candidate[],
): readonly ListWarning[] {
  return rest
    .filter((candidate) => candidate.origin === 'marketo' && targets[candidate.personType]?.origin === 'ours')
    .map((candidate) => ({
      code: 'LIST_BESIDE_OURS',
      listIds: [candidate.id],
      message: `Marketo's list ${nameAndId(candidate)} exists beside dyncamp's own list; dyncamp adds people to its own.`,
    }));
}

function renamed(candidates: readonly Candidate[]): readonly ListWarning[] {
  return candidates
    .filter((candidate) => candidate.origin === 'ours' && parseOwnListName(candidate.name) === undefined)
    .map((candidate) => ({
      code: 'LIST_RENAMED',
      listIds: [candidate.id],
      message: `Own list ${nameAndId(candidate)} was renamed; it is still used.`,
    }));
}

function ofOtherCampaigns(foreign: readonly MarketingList[], facts: CampaignFacts): readonly ListWarning[] {
  return foreign
    .filter((list) => facts.otherCampaignIds.has(parseOwnListName(list.name)?.uniqueGuid ?? ''))
    .map((list) => ({
      code: 'LIST_OF_OTHER_CAMPAIGN',
      listIds: [list.id],
      message: `List ${nameAndId(list)} is the own list of another campaign; dyncamp does not write to it for this campaign.`,
    }));
}

/** How messages name a list, or a campaign. */
export const nameAndId = ({ name, id }: { readonly name: string; readonly id: string }): string => `"${name}" (${id})`;

function withoutList(candidate: Candidate): OwnList {
  const { list: _, ...own } = candidate;
  return own;
}

/** Explains a list made by dyncamp to those who open it in Dynamics. Maximum lengths: purpose 512, description 2000. */
export function newOwnList(
  facts: CampaignFacts,
  personType: PersonType,
): { readonly name: string; readonly purpose: string; readonly description: string } {
  const campaign = `"${facts.campaign.name}" (${facts.campaign.id})`;
  return {
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
  const known = new Map([campaign, ...[...campaignsOfList.values()].flat()].map((each) => [each.id, each.code ?? '']));
  const code = known.get(id) ?? '';
  const isOnly = [...known.values()].filter((each) => each.toLowerCase() === code.toLowerCase()).length === 1;
  return isOnly && /^\w[\w.-]*$/.test(code) ? code : `id:${id}`;
}

/**
 * What to do about a problem, to be pasted: `campaign` as a command line names it, and the other campaign if there is only one. Without
 * `campaign` for programs: CAMPAIGN is to be filled in, and the other one is an id.
 */
export function remedyOf(facts: CampaignFacts, { hint, listIds }: ListProblem, campaign?: string): string {
  const others = new Set(
    listIds.flatMap((id) => (facts.campaignsOfList.get(id) ?? []).map(({ id: campaignId }) => campaignId)),
  );
  others.delete(facts.campaign.id);
  const [other] = others;
  const named = campaign === undefined ? hint : hint.replaceAll('CAMPAIGN', campaign);
  if (other === undefined || others.size > 1) return named;
  return named.replace('OTHER', campaign === undefined ? `id:${other}` : wordOfOther(facts, other));
}
