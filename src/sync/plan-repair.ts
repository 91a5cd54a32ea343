/**
 * What has to be done so that a campaign's own lists are in order, as steps that are shown, asked, written and read back one by one. Pure.
 * What cannot be put right by a tool, or needs a word of the user that was not given, becomes a reason why not.
 */
import { ownListId } from '../membership/derived-ids.ts';
import { ownListName, parseOwnListName } from '../membership/list-name.ts';
import type { CampaignFacts, OwnList, OwnLists } from '../membership/own-lists.ts';
import { PERSON_TYPES, type PersonType } from '../membership/person.ts';
import type { MarketingList } from '../membership/wire.ts';

export type RepairStep = {
  readonly id: string;
  /** What will be done, for the question. */
  readonly text: string;
  /** How to take it back, said when it was done. */
  readonly undo: string;
} & (
  | { readonly kind: 'link'; readonly listId: string }
  | { readonly kind: 'unlink'; readonly listId: string; readonly campaignId: string }
  | { readonly kind: 'rename'; readonly listId: string; readonly name: string }
  | { readonly kind: 'unlock'; readonly listId: string }
  | { readonly kind: 'activate'; readonly listId: string }
  | { readonly kind: 'make'; readonly personType: PersonType }
  | { readonly kind: 'merge'; readonly from: MarketingList; readonly into: OwnList }
);

export type RepairPlan = { readonly steps: readonly RepairStep[]; readonly cannot: readonly string[] };

export type RepairOptions = {
  /** Said by the user: an own list may be taken off these other campaigns. */
  readonly unlinkFrom: ReadonlySet<string>;
  readonly unlock: boolean;
};

export function planRepair(facts: CampaignFacts, lists: OwnLists, options: RepairOptions): RepairPlan {
  const plans = [
    ...lists.all.map((own) => repairOne(facts, own, options)),
    // After the lists are unlocked and active: nobody can be moved to or from them before.
    doubled(facts, lists),
    copied(facts, lists),
  ];
  return { steps: plans.flatMap((plan) => plan.steps), cannot: plans.flatMap((plan) => plan.cannot) };
}

const listOf = (facts: CampaignFacts, id: string): MarketingList | undefined =>
  [...facts.linked, ...facts.ours].find((list) => list.id === id);

const shown = (list: { readonly name: string; readonly id: string }): string => `"${list.name}" (${list.id})`;

function repairOne(facts: CampaignFacts, own: OwnList, options: RepairOptions): RepairPlan {
  const list = listOf(facts, own.id);
  if (list === undefined) return { steps: [], cannot: [] };
  const plans = [state(own, list, options), linking(facts, own), naming(facts, own), sharing(facts, own, options)];
  return { steps: plans.flatMap((plan) => plan.steps), cannot: plans.flatMap((plan) => plan.cannot) };
}

/** Dynamic and of the wrong member type cannot be changed in Dynamics at all. */
function state(own: OwnList, list: MarketingList, options: RepairOptions): RepairPlan {
  const cannot = [
    ...(list.isDynamic
      ? [`${shown(own)} is dynamic, and a list stays what it was made as. Remove it from the campaign in Dynamics.`]
      : []),
    ...(list.personType === own.personType
      ? []
      : [
          `${shown(own)} is not a list of ${own.personType}s, and a list stays what it was made as. Remove it from the campaign in Dynamics.`,
        ]),
    ...(list.isLocked && !options.unlock
      ? [`${shown(own)} is locked. Somebody may have meant that: add --unlock to unlock it.`]
      : []),
  ];
  const undo = (field: string): string => `In Dynamics, open the list and set ${field} back.`;
  const steps: RepairStep[] = [];
  if (!list.isActive)
    steps.push({
      kind: 'activate',
      id: 'activate',
      listId: own.id,
      text: `Activate list ${shown(own)}`,
      undo: undo('its state to Inactive'),
    });
  if (list.isLocked && options.unlock)
    steps.push({
      kind: 'unlock',
      id: 'unlock',
      listId: own.id,
      text: `Unlock list ${shown(own)}`,
      undo: undo('"Locked" to Yes'),
    });
  return { steps, cannot };
}

function linking(facts: CampaignFacts, own: OwnList): RepairPlan {
  if (own.isLinked) return { steps: [], cannot: [] };
  const text = `Link list ${shown(own)} to campaign "${facts.campaign.name}"`;
  return {
    steps: [
      {
        kind: 'link',
        id: 'link',
        listId: own.id,
        text,
        undo: 'In Dynamics, remove the list from the campaign (Marketing Lists).',
      },
    ],
    cannot: [],
  };
}

function naming(facts: CampaignFacts, own: OwnList): RepairPlan {
  if (own.origin !== 'ours' || parseOwnListName(own.name) !== undefined) return { steps: [], cannot: [] };
  const name = ownListName(own.personType, facts.campaign.id);
  const text = `Rename list ${shown(own)} to "${name}"`;
  return {
    steps: [
      {
        kind: 'rename',
        id: 'rename',
        listId: own.id,
        name,
        text,
        undo: `In Dynamics, rename list ${own.id} to "${own.name}".`,
      },
    ],
    cannot: [],
  };
}

function sharing(facts: CampaignFacts, own: OwnList, options: RepairOptions): RepairPlan {
  const others = (facts.campaignsOfList.get(own.id) ?? []).filter((campaign) => campaign.id !== facts.campaign.id);
  const allowed = others.filter((campaign) => options.unlinkFrom.has(campaign.id));
  return {
    steps: allowed.map((campaign) => ({
      kind: 'unlink',
      id: 'unlink',
      listId: own.id,
      campaignId: campaign.id,
      text: `Take list ${shown(own)} off campaign "${campaign.name}" (${campaign.id})`,
      undo: `In Dynamics, add list ${own.id} to campaign "${campaign.name}" again.`,
    })),
    cannot: others
      .filter((campaign) => !allowed.includes(campaign))
      .map(
        (campaign) =>
          `${shown(own)} is linked to campaign "${campaign.name}" too. To take it off there: --unlink-from id:${campaign.id}. Or repair that one: \`dyncamp sync repair id:${campaign.id}\`.`,
      ),
  };
}

/** A copied campaign came with the lists of the one it was copied from: it gets a pair of its own, and theirs leave it. */
function copied(facts: CampaignFacts, lists: OwnLists): RepairPlan {
  const theirs = lists.foreign.filter((list) =>
    facts.otherCampaignIds.has(parseOwnListName(list.name)?.uniqueGuid ?? ''),
  );
  const types = new Set(theirs.flatMap((list) => list.personType ?? []));
  const make = PERSON_TYPES.filter((type) => types.has(type) && lists.targets[type] === undefined).map(
    (type): RepairStep => ({
      kind: 'make',
      id: 'make',
      personType: type,
      text: `Make an own list for the ${type}s of "${facts.campaign.name}"`,
      undo: `In Dynamics, delete list ${ownListId(facts.organizationId, facts.campaign.id, type)}.`,
    }),
  );
  const unlink = theirs.map(
    (list): RepairStep => ({
      kind: 'unlink',
      id: 'unlink-copied',
      listId: list.id,
      campaignId: facts.campaign.id,
      text: `Take list ${shown(list)}, the own list of another campaign, off campaign "${facts.campaign.name}": its people leave this campaign`,
      undo: `In Dynamics, add list ${list.id} to campaign "${facts.campaign.name}" again.`,
    }),
  );
  return { steps: [...make, ...unlink], cannot: [] };
}

/** One of the rivals stays: the one with the derived id, else the one that is the target. The others give their flow-added members to it. */
function doubled(facts: CampaignFacts, lists: OwnLists): RepairPlan {
  const steps = PERSON_TYPES.flatMap((type) => {
    const ofType = lists.all.filter((own) => own.personType === type);
    const ours = ofType.filter((own) => own.origin === 'ours');
    const rivals = ours.length > 0 ? ours : ofType;
    const keep =
      rivals.find((own) => own.id === ownListId(facts.organizationId, facts.campaign.id, type)) ?? lists.targets[type];
    if (rivals.length < 2 || keep === undefined) return [];
    return rivals.flatMap((rival): readonly RepairStep[] => {
      const from = listOf(facts, rival.id);
      if (rival.id === keep.id || from === undefined) return [];
      return [
        {
          kind: 'merge',
          id: 'merge',
          from,
          into: keep,
          text: `Move the members that flow actions added from list ${shown(rival)} to ${shown(keep)}, and rename the first, so that it is no own list any more`,
          undo: `In Dynamics, rename list ${rival.id} to "${rival.name}"; who was moved is on list ${keep.id}.`,
        },
      ];
    });
  });
  return { steps, cannot: [] };
}
