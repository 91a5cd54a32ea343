/**
 * Creates the missing own lists of a campaign, and links half-made ones. Safe under any race: the id is derived, "exists already" is read
 * back and counts as success, and nobody is added to a list before its link was read.
 */

import { learnedFrom } from '../dataverse/capabilities.ts';
import { causedBy, couldNot, isPrivilegeRefusal } from '../dataverse/errors.ts';
import { API_ROOT } from '../dataverse/limits.ts';
import type { OperationResult } from '../dataverse/operation.ts';
import { isIdTaken, NO_SUCH_ROW } from '../dataverse/refusals.ts';
import { createLinkedList, createList, linkList, linkListByRef, type NewList } from '../dataverse/writes.ts';
import { DataverseError, type DyncampError, TemporaryError } from '../errors.ts';
import type { PersonType } from '../events.ts';
import type { CampaignAccess } from './access.ts';
import { readCampaignFacts } from './facts.ts';
import { LIST_IDS, ownListId } from './ids.ts';
import { type CampaignFacts, classifyOwnLists, newOwnList, type OwnLists } from './own-lists.ts';
import { campaignProblem } from './usable.ts';

export type ReadyLists = { readonly lists: OwnLists; readonly facts: CampaignFacts };

/** Of one id of a list. */
const MAX_TRIES = 5;
const WAIT_MS = 500;
/**
 * Attempts before a taken id that no read shows is treated as a deleted list's (U31): a list created a moment ago, by a lost
 * request or another run, is visible by then (U22). Too early a decision would give a campaign two lists for one kind of people.
 */
const TRIES_BEFORE_SPARE = 3;

/** Returns lists whose targets for these types exist and are linked. Throws when that is not possible. */
export async function ensureOwnLists(
  access: CampaignAccess,
  ready: ReadyLists,
  types: readonly PersonType[],
): Promise<ReadyLists> {
  let current = ready;
  let trouble: Error | undefined;
  /** How many ids of each list belong to deleted ones. */
  const deleted = { lead: 0, contact: 0 };
  let isSpareNext = false;
  for (let attempt = 0; attempt < MAX_TRIES; attempt = isSpareNext ? 0 : attempt + 1) {
    const missing = types.filter((type) => current.lists.targets[type]?.isLinked !== true);
    if (missing.length === 0) return current;
    if (attempt > 0) await access.clock.sleep(WAIT_MS * attempt);
    trouble = undefined;
    isSpareNext = false;
    for (const type of missing) {
      const made = await makeOrLink(access, current, { type, spare: deleted[type] });
      trouble = made.error ?? trouble;
      if (!made.isGone || attempt < TRIES_BEFORE_SPARE) continue;
      deleted[type] += 1;
      isSpareNext = true;
    }
    const facts = await readCampaignFacts(access);
    current = { facts, lists: classifyOwnLists(facts) };
    // Another run may have made the list meanwhile; if not, the answer is the same every time.
    if (isFinal(trouble)) break;
  }
  if (types.every((type) => current.lists.targets[type]?.isLinked === true)) return current;
  throw notMade(current.facts, trouble);
}

const isFinal = (trouble: Error | undefined): boolean =>
  isPrivilegeRefusal(trouble) || (trouble instanceof DataverseError && trouble.code === 'PLUGIN_REFUSED');

const messageOf = ({ campaign }: CampaignFacts, why: string): string =>
  `Could not create the own lists of campaign "${campaign.name}" (${campaign.id})${why}`;

/** A refusal stays one; a missing answer, or a list that is not visible yet, is temporary. */
function notMade(facts: CampaignFacts, cause: Error | undefined): DyncampError {
  const problem = campaignProblem(facts.campaign, { allowInactive: false });
  if (problem !== undefined) return problem;
  if (cause instanceof DataverseError && isPrivilegeRefusal(cause)) return couldNot('create the own lists', cause);
  const message = messageOf(facts, cause === undefined ? '' : `: ${cause.message}`);
  if (cause instanceof DataverseError) {
    const { category, hint } = cause;
    return new DataverseError('LIST_NOT_MADE', message, { ...causedBy(cause), category, hint });
  }
  return new TemporaryError('LIST_NOT_MADE', message, {
    hint: 'Run the same command again. It finds a list that was created and uses it.',
    cause,
  });
}

/** U31. A list of this name is an own list, whatever its id. */
function noIdLeft(facts: CampaignFacts, type: PersonType): DyncampError {
  const why = `: Dynamics keeps the ids of ${LIST_IDS} deleted lists of its ${type}s, and dyncamp has no other ids for one.`;
  return new DataverseError('LIST_NOT_MADE', messageOf(facts, why), {
    hint: `In Dynamics, create a static list of ${type}s with the name "${newOwnList(facts, type).name}" and add it to the campaign. dyncamp then uses it.`,
  });
}

async function makeOrLink(
  access: CampaignAccess,
  { lists, facts }: ReadyLists,
  { type, spare }: { readonly type: PersonType; readonly spare: number },
): Promise<Made> {
  const existing = lists.targets[type];
  if (existing !== undefined) return { error: await linkOwnList(access, existing.id), isGone: false };
  if (spare === LIST_IDS) throw noIdLeft(facts, type);
  const id = ownListId(access.organizationId, access.campaignId, type, spare);
  return makeList(access, { ...newOwnList(facts, type), id });
}

type Made = {
  readonly error: Error | undefined;
  /** The id is taken, but no list with it is visible. */
  readonly isGone: boolean;
};

async function makeList(access: CampaignAccess, list: NewList): Promise<Made> {
  const { actionInChangeSet, addItemCampaign } = access.capabilities.current();
  if (!actionInChangeSet || !addItemCampaign) return makeThenLink(access, list);
  const [result] = await access.dataverse.batch([createLinkedList(list, access.campaignId)]);
  const error = errorOf(result);
  if (result?.kind !== 'refused') return { error, isGone: false };
  if (isIdTaken(result.error)) return linkTaken(access, list.id);
  access.capabilities.learn(learnedFrom({ what: 'list with link' }, result.error, access.capabilities.current()) ?? {});
  return makeThenLink(access, list);
}

/** Does not link after a lost answer to a creation: the list may appear later, and the next read will show it. */
async function makeThenLink(access: CampaignAccess, list: NewList): Promise<Made> {
  const created = await access.dataverse.send(createList(list));
  if (created.kind === 'ok') return { error: await linkOwnList(access, list.id), isGone: false };
  if (created.kind === 'refused' && isIdTaken(created.error)) return linkTaken(access, list.id);
  return { error: errorOf(created), isGone: false };
}

/** A taken id may belong to a list that is not visible yet: linking it works. Or to a deleted one (U31): the link fails with NO_SUCH_ROW. */
async function linkTaken(access: CampaignAccess, listId: string): Promise<Made> {
  const error = await linkOwnList(access, listId);
  return { error, isGone: error instanceof DataverseError && error.dataverseCode === NO_SUCH_ROW };
}

/** Links a list to the campaign, by the action or, if it is not offered (U28), by the relationship. Returns the refusal. */
export async function linkOwnList(access: CampaignAccess, listId: string): Promise<Error | undefined> {
  if (access.capabilities.current().addItemCampaign) {
    const result = await access.dataverse.send(linkList(listId, access.campaignId));
    if (result.kind !== 'refused') return errorOf(result);
    const learned = learnedFrom({ what: 'AddItemCampaign' }, result.error, access.capabilities.current());
    if (learned === undefined) return result.error;
    access.capabilities.learn(learned);
  }
  return errorOf(
    await access.dataverse.send(linkListByRef(listId, access.campaignId, `${access.dataverse.origin}${API_ROOT}`)),
  );
}

function errorOf(result: OperationResult | undefined): Error | undefined {
  if (result === undefined || result.kind === 'ok') return undefined;
  if (result.kind === 'refused') return result.error;
  return new TemporaryError('NO_ANSWER', result.error?.message ?? 'Dynamics did not process it.', {
    cause: result.error,
  });
}
