/**
 * Creates the missing own lists of a campaign, and links half-made ones. Safe under any race: the id is derived, "exists already" is read
 * back and counts as success, and nobody is added to a list before its link was read.
 */

import { learnedFrom } from '../dataverse/capabilities.ts';
import { isPrivilegeRefusal, mustSucceed } from '../dataverse/errors.ts';
import { API_ROOT } from '../dataverse/limits.ts';
import type { OperationResult } from '../dataverse/operation.ts';
import { isIdTaken, NO_SUCH_ROW } from '../dataverse/refusals.ts';
import type { PersonType } from '../dataverse/wire.ts';
import { createLinkedList, createList, linkList, linkListByRef, type NewList } from '../dataverse/writes.ts';
import { DataverseError, type DyncampError, TemporaryError } from '../errors.ts';
import type { CampaignAccess } from './access.ts';
import { readCampaignFacts } from './facts.ts';
import { ownListId, spareOwnListId } from './ids.ts';
import { type CampaignFacts, classifyOwnLists, newOwnList, type OwnLists } from './own-lists.ts';
import { campaignProblem } from './usable.ts';

export type ReadyLists = { readonly lists: OwnLists; readonly facts: CampaignFacts };

/** Of one list: where the spare id is taken, the reads of that list are late as those of the first would be (U22). */
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
  let maxTries = MAX_TRIES;
  for (let attempt = 0; attempt < maxTries; attempt += 1) {
    const missing = types.filter((type) => current.lists.targets[type]?.isLinked !== true);
    if (missing.length === 0) return current;
    if (attempt > 0) await access.clock.sleep(WAIT_MS * attempt);
    trouble = undefined;
    for (const type of missing) {
      const made = await makeOrLink(access, current, { type, attempt });
      trouble = made.error ?? trouble;
      if (made.isSpare === true) maxTries = TRIES_BEFORE_SPARE + MAX_TRIES;
    }
    if (trouble instanceof DataverseError && isPrivilegeRefusal(trouble))
      throw mustSucceed('create the own lists', trouble);
    const facts = await readCampaignFacts(access);
    current = { facts, lists: classifyOwnLists(facts) };
    // Another run may have made the list meanwhile; if not, the plug-in says the same every time.
    if (trouble instanceof DataverseError && trouble.code === 'PLUGIN_REFUSED') break;
  }
  if (types.every((type) => current.lists.targets[type]?.isLinked === true)) return current;
  throw campaignProblem(current.facts.campaign, { allowInactive: false }) ?? notMade(ready.facts, trouble);
}

/** A refusal stays one; a missing answer, or a list that is not visible yet, is temporary. */
function notMade({ campaign }: CampaignFacts, cause: Error | undefined): DyncampError {
  const message = `Could not create the own lists of campaign "${campaign.name}" (${campaign.id})${cause === undefined ? '' : `: ${cause.message}`}`;
  if (cause instanceof DataverseError) {
    const { category, hint, status, dataverseCode, requestId } = cause;
    return new DataverseError('LIST_NOT_MADE', message, { category, hint, status, dataverseCode, requestId, cause });
  }
  return new TemporaryError('LIST_NOT_MADE', message, {
    hint: 'Run the same command again. It finds a list that was created and uses it.',
    cause,
  });
}

async function makeOrLink(
  access: CampaignAccess,
  { lists, facts }: ReadyLists,
  { type, attempt }: { readonly type: PersonType; readonly attempt: number },
): Promise<{ readonly error: Error | undefined; readonly isSpare?: true }> {
  const existing = lists.targets[type];
  if (existing !== undefined) return { error: await linkOwnList(access, existing.id) };
  const { organizationId, campaignId } = access;
  const list = { ...newOwnList(facts, type), personType: type };
  const made = await makeList(access, { ...list, id: ownListId(organizationId, campaignId, type) });
  if (!made.isGone || attempt < TRIES_BEFORE_SPARE) return { error: made.error };
  const spare = await makeList(access, { ...list, id: spareOwnListId(organizationId, campaignId, type) });
  return { error: spare.error, isSpare: true };
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
  return { error, isGone: hasCode(error, NO_SUCH_ROW) };
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

const hasCode = (error: Error | undefined, code: string): boolean =>
  error instanceof DataverseError && error.dataverseCode === code;

function errorOf(result: OperationResult | undefined): Error | undefined {
  if (result === undefined || result.kind === 'ok') return undefined;
  if (result.kind === 'refused') return result.error;
  return new TemporaryError('NO_ANSWER', result.error?.message ?? 'Dynamics did not process it.', {
    cause: result.error,
  });
}
