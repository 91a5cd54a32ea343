/** What the own lists of a campaign are like, one check per thing that can be wrong with them. Pure: the judgement is own-lists.ts's. */
import { parseOwnListName } from '../membership/list-name.ts';
import {
  type CampaignFacts,
  judgeOwnLists,
  type ListProblem,
  type ListProblemCode,
  type OwnList,
  type OwnLists,
} from '../membership/own-lists.ts';
import { PERSON_TYPES } from '../membership/person.ts';
import { type Check, notChecked, ok, problem, warning } from './check.ts';

/** In the order in which they are said; the texts are for lists with nothing wrong. */
const BY_PROBLEM = {
  LIST_DYNAMIC: { id: 'lists.static', fine: 'Static.' },
  LIST_INACTIVE: { id: 'lists.active', fine: 'Active.' },
  LIST_LOCKED: { id: 'lists.unlocked', fine: 'Not locked.' },
  LIST_WRONG_TYPE: { id: 'lists.type', fine: 'For the kind of people that their names say.' },
  LIST_DETACHED: { id: 'lists.linked', fine: 'Linked to the campaign.' },
  LIST_SHARED: { id: 'lists.shared', fine: 'Linked to no other campaign.' },
  LIST_DOUBLED: { id: 'lists.doubled', fine: 'One for each kind of people.' },
} as const satisfies Record<ListProblemCode, { id: string; fine: string }>;

const PROBLEM_CODES = [
  'LIST_DYNAMIC',
  'LIST_INACTIVE',
  'LIST_LOCKED',
  'LIST_WRONG_TYPE',
  'LIST_DETACHED',
  'LIST_SHARED',
  'LIST_DOUBLED',
] as const satisfies readonly ListProblemCode[];

const RENAMED = 'lists.renamed';
const COPIED = 'lists.copied';

export const LIST_CHECK_IDS: readonly string[] = [
  'lists.present',
  ...PROBLEM_CODES.map((code) => BY_PROBLEM[code].id),
  RENAMED,
  COPIED,
];

/** One check for each of LIST_CHECK_IDS, in their order. */
export function checkLists(facts: CampaignFacts): readonly Check[] {
  const lists = judgeOwnLists(facts);
  const hasAny = lists.all.length > 0;
  return [
    present(lists),
    ...PROBLEM_CODES.map((code) => (hasAny ? checkOne(facts, lists, code) : notChecked(BY_PROBLEM[code].id, NO_LISTS))),
    hasAny ? renamed(lists) : notChecked(RENAMED, NO_LISTS),
    copied(facts, lists),
  ];
}

/** Said of each check that there is nothing to look at for. */
export const NO_LISTS = 'There is no own list yet.';

function present({ targets }: OwnLists): Check {
  const parts = PERSON_TYPES.map((type) => {
    const list = targets[type];
    return list === undefined ? `${type}s: none yet, made when first needed` : `${type}s: ${nameOf(list)}`;
  });
  return ok('lists.present', `${parts.join('; ')}.`);
}

function checkOne(facts: CampaignFacts, lists: OwnLists, code: ListProblemCode): Check {
  const { id, fine } = BY_PROBLEM[code];
  const found = lists.problems.filter((each) => each.code === code);
  const [first] = found;
  if (first !== undefined) return problem(id, found.map(({ message }) => message).join(' '), remedyOf(facts, first));
  if (code === 'LIST_DETACHED') return halfMade(lists) ?? ok(id, fine);
  if (code === 'LIST_DOUBLED') return besideOurs(lists) ?? ok(id, fine);
  return ok(id, fine);
}

/** The other campaign is named where there is only one. */
function remedyOf(facts: CampaignFacts, { hint, listIds }: ListProblem): string {
  const others = new Set(
    listIds.flatMap((id) => (facts.campaignsOfList.get(id) ?? []).map(({ id: campaignId }) => campaignId)),
  );
  others.delete(facts.campaign.id);
  const [other] = others;
  return other === undefined || others.size > 1 ? hint : hint.replace('OTHER', `id:${other}`);
}

/** Made, but not linked when the run that made it ended: the next addition links it. */
function halfMade({ all }: OwnLists): Check | undefined {
  const loose = all.filter((list) => !list.isLinked);
  if (loose.length === 0) return undefined;
  return warning(
    'lists.linked',
    `${loose.map(nameOf).join(', ')}: not linked to the campaign, and nobody is on it.`,
    'The next `dyncamp add` links it; or: `dyncamp sync repair CAMPAIGN`.',
  );
}

function besideOurs({ warnings }: OwnLists): Check | undefined {
  const found = warnings.filter(({ code }) => code === 'LIST_BESIDE_OURS');
  if (found.length === 0) return undefined;
  return warning(
    'lists.doubled',
    found.map(({ message }) => message).join(' '),
    "`remove` and `members` look in both. If Marketo's is not used any more, remove it from the campaign in Dynamics.",
  );
}

function renamed({ warnings }: OwnLists): Check {
  const found = warnings.filter(({ code }) => code === 'LIST_RENAMED');
  if (found.length === 0) return ok(RENAMED, 'Named as they were made.');
  return warning(
    RENAMED,
    found.map(({ message }) => message).join(' '),
    'Give it its name back: `dyncamp sync repair CAMPAIGN`.',
  );
}

/**
 * Whether copying a campaign copies its links to lists is not settled (U27). Seen from the copy: it has the own list of another campaign.
 * Seen from the original: another campaign has every one of its linked own lists.
 */
function copied(facts: CampaignFacts, lists: OwnLists): Check {
  const foreign = facts.linked.filter(({ name }) => facts.otherCampaignIds.has(uniqueGuid(name)));
  if (foreign.length > 0) {
    const originals = [...new Set(foreign.map(({ name }) => uniqueGuid(name)))];
    return warning(
      COPIED,
      `This campaign seems to be a copy of ${originals.join(', ')}: it is linked to ${foreign.map(nameOf).join(', ')}, which is that campaign's own.`,
      'Give it a pair of its own: `dyncamp sync repair CAMPAIGN`.',
    );
  }
  const copies = copiesOf(facts, lists);
  if (copies.length === 0) return ok(COPIED, 'No sign that the campaign was copied, or is a copy.');
  const named = copies.map(({ name, id }) => `"${name}" (${id})`).join(', ');
  const [copy] = copies;
  return warning(
    COPIED,
    `Linked to every own list of this campaign too: ${named}. It seems to be a copy of this campaign.`,
    `Give the copy a pair of its own: \`dyncamp sync repair id:${copy?.id ?? ''}\`.`,
  );
}

function copiesOf(facts: CampaignFacts, { all }: OwnLists): readonly { readonly id: string; readonly name: string }[] {
  const [first, ...others] = all
    .filter((list) => list.isLinked)
    .map((list) => (facts.campaignsOfList.get(list.id) ?? []).filter(({ id }) => id !== facts.campaign.id));
  return (first ?? []).filter(({ id }) => others.every((campaigns) => campaigns.some((each) => each.id === id)));
}

const uniqueGuid = (name: string): string => parseOwnListName(name)?.uniqueGuid ?? '';

const nameOf = (list: Pick<OwnList, 'name' | 'id'>): string => `"${list.name}" (${list.id})`;
