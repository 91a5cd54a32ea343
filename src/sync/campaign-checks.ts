/**
 * The checks of a campaign, as one table: its state, its own lists, who added their members, and the repairs.
 * To add one, add a row. own-lists.ts finds the problems of own lists, the same that stop `add`.
 */

import { parseOwnListName } from '../campaign/list-name.ts';
import type { OverviewOfCampaign } from '../campaign/overview.ts';
import {
  type CampaignFacts,
  type ListProblemCode,
  type ListWarning,
  nameAndId,
  type OwnLists,
  remedyOf,
} from '../campaign/own-lists.ts';
import { campaignProblem, campaignWarning } from '../campaign/usable.ts';
import { PERSON_TYPES } from '../dataverse/wire.ts';
import { DyncampError } from '../errors.ts';
import { shownUserName } from '../text.ts';
import { type CheckRow, type Finding, notChecked, ok, problem, unread, warning } from './check.ts';
import {
  activate,
  giveItsOwn,
  linkAgain,
  mergeDoubled,
  type Repair,
  renameBack,
  reportDynamic,
  reportWrongType,
  unlinkOthers,
  unlock,
} from './repair-steps.ts';

export type CheckedFacts = OverviewOfCampaign & {
  /** Ids of users whose additions count as a flow action's: our own and those of the profile. */
  readonly flowUsers: ReadonlySet<string>;
  /** Creators that do not show who added a person (U32); `''` is none. */
  readonly silentCreators: ReadonlySet<string>;
  readonly names: ReadonlyMap<string, string>;
};

type CampaignCheck = CheckRow<CheckedFacts> & {
  /** The steps that repair what the check finds, if it can be repaired. */
  readonly repair?: Repair;
};

/** In the order of reports and repairs. The first needs only the row of the campaign. */
export const CAMPAIGN_CHECKS: readonly CampaignCheck[] = [
  { id: 'campaign', check: checkState },
  { id: 'lists.present', check: checkPresent },
  { id: 'lists.static', check: without('LIST_DYNAMIC', 'Static.'), repair: reportDynamic },
  { id: 'lists.active', check: without('LIST_INACTIVE', 'Active.'), repair: activate },
  { id: 'lists.unlocked', check: without('LIST_LOCKED', 'Not locked.'), repair: unlock },
  { id: 'lists.type', check: without('LIST_WRONG_TYPE', 'Of the right type.'), repair: reportWrongType },
  { id: 'lists.linked', check: ifAny(checkLinked), repair: linkAgain },
  {
    id: 'lists.shared',
    check: ifAny((seen) => {
      if (seen.unreadLinks !== undefined) return unread(LINKS, seen.unreadLinks);
      return problemIn(seen, 'LIST_SHARED') ?? ok('Linked to no other campaign.');
    }),
    repair: unlinkOthers,
  },
  {
    id: 'lists.doubled',
    check: ifAny(
      (seen) =>
        problemIn(seen, 'LIST_DOUBLED') ??
        warningIn(
          seen,
          'LIST_BESIDE_OURS',
          "`remove` and `members` look in both. If Marketo's is no longer used, remove it from the campaign in Dynamics.",
        ) ??
        ok('One list per type.'),
    ),
    repair: mergeDoubled,
  },
  {
    id: 'lists.renamed',
    check: ifAny(
      (seen) =>
        warningIn(seen, 'LIST_RENAMED', 'Give it its name back: `dyncamp sync repair CAMPAIGN`.') ??
        ok('Names unchanged.'),
    ),
    repair: renameBack,
  },
  { id: 'lists.copied', check: checkCopied, repair: giveItsOwn },
  { id: 'members', check: ifAny(checkMembers) },
];

function checkState({ facts: { campaign } }: CheckedFacts): Finding {
  const stop = campaignProblem(campaign, { allowInactive: false });
  if (stop !== undefined) return problem(stop.message, stop.hint);
  const over = campaignWarning(campaign);
  return over === undefined ? ok(`Active, status ${campaign.status}.`) : warning(over);
}

const LISTS = 'The lists of the campaign';
const LINKS = 'The campaigns that the lists are linked to';
const MEMBERS = 'Who added the members';

function checkPresent({ lists: { targets }, unreadLists }: CheckedFacts): Finding {
  if (unreadLists !== undefined) return unread(LISTS, unreadLists);
  const parts = PERSON_TYPES.map((type) => {
    const list = targets[type];
    return list === undefined ? `${type}s: none yet; created when first needed` : `${type}s: ${nameAndId(list)}`;
  });
  return ok(`${parts.join('; ')}.`);
}

function ifAny(check: (seen: CheckedFacts) => Finding): (seen: CheckedFacts) => Finding {
  return (seen) => {
    if (seen.unreadLists !== undefined) return unread(LISTS, seen.unreadLists);
    return seen.lists.all.length === 0 ? notChecked('There is no own list yet.') : check(seen);
  };
}

function without(code: ListProblemCode, otherwise: string): (seen: CheckedFacts) => Finding {
  return ifAny((seen) => problemIn(seen, code) ?? ok(otherwise));
}

function problemIn({ facts, lists }: CheckedFacts, code: ListProblemCode): Finding | undefined {
  const found = lists.problems.filter((each) => each.code === code);
  const [first] = found;
  return first && problem(found.map(({ message }) => message).join(' '), remedyOf(facts, first));
}

function warningIn({ lists }: CheckedFacts, code: ListWarning['code'], remedy: string): Finding | undefined {
  const found = lists.warnings.filter((each) => each.code === code);
  return found.length === 0 ? undefined : warning(found.map(({ message }) => message).join(' '), remedy);
}

function checkLinked(seen: CheckedFacts): Finding {
  const loose = seen.lists.all.filter((list) => !list.isLinked);
  if (loose.length === 0) return ok('Linked to the campaign.');
  const detached = problemIn(seen, 'LIST_DETACHED');
  if (detached !== undefined) return detached;
  for (const { id } of loose) {
    const members = seen.members.get(id);
    if (members instanceof DyncampError) return unread(`The members of a list that is not linked`, members);
  }
  // A run created the list and ended before linking it: the next addition links it.
  return warning(
    `${loose.map(nameAndId).join(', ')}: not linked to the campaign, and empty.`,
    'The next `dyncamp add` links it; or: `dyncamp sync repair CAMPAIGN`.',
  );
}

/**
 * Whether copying a campaign copies its links to lists is unsettled (U27). Seen from the copy: it has the own list of another campaign.
 * Seen from the original: another campaign has every one of its linked own lists.
 */
function checkCopied({ facts, lists, unreadLists, unreadLinks }: CheckedFacts): Finding {
  if (unreadLists !== undefined) return unread(LISTS, unreadLists);
  const foreign = facts.linked.filter(({ name }) => facts.otherCampaignIds.has(uniqueGuid(name)));
  if (foreign.length > 0) {
    const originals = [...new Set(foreign.map(({ name }) => uniqueGuid(name)))];
    return warning(
      `This campaign seems to be a copy of ${originals.join(', ')}: it is linked to ${foreign.map(nameAndId).join(', ')}, which is that campaign's own.`,
      'Give it its own pair of lists: `dyncamp sync repair CAMPAIGN`.',
    );
  }
  if (unreadLinks !== undefined) return unread(LINKS, unreadLinks);
  const copies = copiesOf(facts, lists);
  if (copies.length === 0) return ok('No sign that the campaign was copied, or is a copy.');
  const [copy] = copies;
  return warning(
    `Linked to every own list of this campaign too: ${copies.map(nameAndId).join(', ')}. It seems to be a copy of this campaign.`,
    `Give the copy its own pair of lists: \`dyncamp sync repair id:${copy?.id ?? ''}\`.`,
  );
}

function copiesOf(facts: CampaignFacts, { all }: OwnLists): readonly { readonly id: string; readonly name: string }[] {
  const [first, ...others] = all
    .filter((list) => list.isLinked)
    .map((list) => (facts.campaignsOfList.get(list.id) ?? []).filter(({ id }) => id !== facts.campaign.id));
  return (first ?? []).filter(({ id }) => others.every((campaigns) => campaigns.some((each) => each.id === id)));
}

const uniqueGuid = (name: string): string => parseOwnListName(name)?.uniqueGuid ?? '';

/** `remove` removes only people whom a flow action added. */
function checkMembers({ members, flowUsers, silentCreators, names }: CheckedFacts): Finding {
  const total = new Map<string, number>();
  for (const ofList of members.values()) {
    if (ofList instanceof DyncampError) return unread(MEMBERS, ofList);
    for (const [creator, count] of ofList) total.set(creator, (total.get(creator) ?? 0) + count);
  }
  const counts = [...total].filter(([, count]) => count > 0).toSorted(([, one], [, other]) => other - one);
  if (counts.length === 0) return ok('The own lists are empty.');
  const shown = counts.map(([id, count]) => `${count} by ${userName(id, names)}`).join(', ');
  const found = `${sum(counts)} on the own lists, added: ${shown}.`;
  const others = counts.filter(([id]) => !flowUsers.has(id));
  if (others.length === 0) return ok(found);
  if (others.every(([id]) => silentCreators.has(id)))
    return warning(
      `${found} That does not show who asked for ${sum(others) === 1 ? 'it' : 'them'}: \`remove\` and \`apply\` remove those that this machine's journal knows.`,
      'Remove people with the machine that added them. To remove all, whoever added them: --added-by anyone.',
    );
  const ids = others.flatMap(([id]) => (id === '' ? [] : [id])).join(', ');
  return warning(
    `${found} \`remove\` and \`apply\` keep ${sum(others)} of them, because someone else added them.`,
    `Expected for people added by hand. If an earlier application user or Marketo's sync user added them: add it to flowUsers in the profile, or remove with --added-by ${ids === '' ? 'anyone' : `and their ids: ${ids}`}.`,
  );
}

const sum = (counts: readonly (readonly [string, number])[]): number =>
  counts.reduce((total, [, count]) => total + count, 0);

function userName(id: string, names: ReadonlyMap<string, string>): string {
  if (id === '') return 'an unknown user';
  const name = names.get(id);
  return name === undefined || name === id ? id : `"${shownUserName(name)}"`;
}
