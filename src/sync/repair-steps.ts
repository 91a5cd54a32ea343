/**
 * Repairs for what a campaign check found: steps that are shown, confirmed, written and read back one by one, and reasons for
 * what cannot be repaired, or needs an option that was not given. Pure; campaign-checks.ts assigns them to checks.
 */
import { ownListId } from '../campaign/ids.ts';
import { ownListName, parseOwnListName } from '../campaign/list-name.ts';
import { type CampaignFacts, nameAndId, type OwnList, type OwnLists, wordOfOther } from '../campaign/own-lists.ts';
import { PERSON_TYPES } from '../dataverse/wire.ts';
import type { PersonType } from '../events.ts';

export type RepairStep = {
  /** What output calls the step; default: its kind. */
  readonly id?: string;
  /** What will be done, for the question. */
  readonly text: string;
  /** How to undo it, shown when it was done. */
  readonly undo: string;
} & (
  | { readonly kind: 'link'; readonly listId: string }
  | { readonly kind: 'unlink'; readonly listId: string; readonly campaignId: string }
  | { readonly kind: 'rename'; readonly listId: string; readonly name: string }
  | { readonly kind: 'unlock'; readonly listId: string }
  | { readonly kind: 'activate'; readonly listId: string }
  | { readonly kind: 'make'; readonly personType: PersonType }
  | { readonly kind: 'merge'; readonly from: OwnList; readonly into: OwnList }
);

export type RepairPlan = { readonly steps: readonly RepairStep[]; readonly cannot: readonly string[] };

export type RepairOptions = {
  /** Option of the user: own lists may be unlinked from these other campaigns. */
  readonly unlinkFrom: ReadonlySet<string>;
  readonly unlock: boolean;
};

type Found = RepairStep | { readonly cannot: string };
export type Repair = (facts: CampaignFacts, lists: OwnLists, options: RepairOptions) => readonly Found[];

/** The same for each own list that is not as it should be. */
const forEachList =
  (isWrong: (own: OwnList) => boolean, repair: (own: OwnList, name: string, options: RepairOptions) => Found): Repair =>
  (_, lists, options) =>
    lists.all.filter(isWrong).map((own) => repair(own, nameAndId(own), options));

export const reportDynamic: Repair = forEachList(
  ({ read }) => read.isDynamic,
  (_, name) => ({
    cannot: `${name} is dynamic, and that cannot be changed. Remove it from the campaign in Dynamics.`,
  }),
);

export const reportWrongType: Repair = forEachList(
  ({ read, personType }) => read.personType !== personType,
  ({ personType }, name) => ({
    cannot: `${name} is not a list of ${personType}s, and that cannot be changed. Remove it from the campaign in Dynamics.`,
  }),
);

export const activate: Repair = forEachList(
  ({ read }) => !read.isActive,
  ({ id: listId }, name) => ({
    kind: 'activate',
    listId,
    text: `Activate list ${name}`,
    undo: 'In Dynamics, open the list and set its state back to Inactive.',
  }),
);

export const unlock: Repair = forEachList(
  ({ read }) => read.isLocked,
  ({ id: listId }, name, options) =>
    options.unlock
      ? {
          kind: 'unlock',
          listId,
          text: `Unlock list ${name}`,
          undo: 'In Dynamics, open the list and set "Locked" back to Yes.',
        }
      : { cannot: `${name} is locked. It may be locked on purpose. To unlock it: --unlock.` },
);

export const linkAgain: Repair = (facts, lists) =>
  lists.all
    .filter((own) => !own.isLinked)
    .map((own) => ({
      kind: 'link',
      listId: own.id,
      text: `Link list ${nameAndId(own)} to campaign "${facts.campaign.name}"`,
      undo: 'In Dynamics, remove the list from the campaign (Marketing Lists).',
    }));

export const unlinkOthers: Repair = (facts, lists, { unlinkFrom }) =>
  lists.all.flatMap((own) => {
    const others = (facts.campaignsOfList.get(own.id) ?? []).filter(({ id }) => id !== facts.campaign.id);
    return others.map((other) => {
      if (!unlinkFrom.has(other.id))
        return {
          cannot: `${nameAndId(own)} is linked to campaign "${other.name}" too. To unlink it there: --unlink-from ${wordOfOther(facts, other.id)}. Or repair that one: \`dyncamp sync repair ${wordOfOther(facts, other.id)}\`.`,
        };
      return {
        kind: 'unlink',
        listId: own.id,
        campaignId: other.id,
        text: `Unlink list ${nameAndId(own)} from campaign "${other.name}" (${other.id})`,
        undo: `In Dynamics, add list ${own.id} to campaign "${other.name}" again.`,
      };
    });
  });

export const renameBack: Repair = (facts, lists) =>
  lists.all
    .filter((own) => own.origin === 'ours' && parseOwnListName(own.name) === undefined)
    .map((own) => {
      const name = ownListName(own.personType, facts.campaign.id);
      return {
        kind: 'rename',
        listId: own.id,
        name,
        text: `Rename list ${nameAndId(own)} to "${name}"`,
        undo: `In Dynamics, rename list ${own.id} to "${own.name}".`,
      };
    });

/** Keeps one of several lists: the one with the derived id, else the target. The others' flow-added members move to it. */
export const mergeDoubled: Repair = (facts, lists) =>
  PERSON_TYPES.flatMap((type) => {
    const ofType = lists.all.filter((own) => own.personType === type);
    const ours = ofType.filter((own) => own.origin === 'ours');
    const rivals = ours.length > 0 ? ours : ofType;
    const derivedId = ownListId(facts.organizationId, facts.campaign.id, type);
    const keep = rivals.find((own) => own.id === derivedId) ?? lists.targets[type];
    if (keep === undefined) return [];
    return rivals
      .filter((own) => own.id !== keep.id)
      .map((own) => ({
        kind: 'merge' as const,
        from: own,
        into: keep,
        text: `Move the members that dyncamp or Marketo added from list ${nameAndId(own)} to ${nameAndId(keep)}, and rename the first, so that it is no longer an own list`,
        undo: `In Dynamics, rename list ${own.id} to "${own.name}"; the moved members are on list ${keep.id}.`,
      }));
  });

/** A copied campaign has the original's lists: it gets a pair of its own, and theirs are unlinked. */
export const giveItsOwn: Repair = (facts, lists) => {
  const theirs = lists.foreign.filter((list) =>
    facts.otherCampaignIds.has(parseOwnListName(list.name)?.uniqueGuid ?? ''),
  );
  const types = new Set(theirs.flatMap((list) => list.personType ?? []));
  const make = PERSON_TYPES.filter((type) => types.has(type) && lists.targets[type] === undefined).map((type) => ({
    kind: 'make' as const,
    personType: type,
    text: `Create an own list for the ${type}s of "${facts.campaign.name}"`,
    undo: `In Dynamics, delete list "${ownListName(type, facts.campaign.id)}".`,
  }));
  const unlink = theirs.map((list) => ({
    kind: 'unlink' as const,
    id: 'unlink-copied',
    listId: list.id,
    campaignId: facts.campaign.id,
    text: `Unlink list ${nameAndId(list)}, the own list of another campaign, from campaign "${facts.campaign.name}": its people leave this campaign`,
    undo: `In Dynamics, add list ${list.id} to campaign "${facts.campaign.name}" again.`,
  }));
  return [...make, ...unlink];
};
