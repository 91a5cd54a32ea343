/**
 * Makes the own lists that a campaign lacks, and links half-made ones. Safe under any race: the id is derived, "exists already" is read
 * back and is success, and nobody is put on a list before its link was read.
 */
import { randomUUID } from 'node:crypto';
import type { OperationResult } from '../dataverse/operation.ts';
import { CampaignError, DataverseError } from '../errors.ts';
import { readCampaignFacts } from './campaign-facts.ts';
import { ownListId, spareOwnListId } from './derived-ids.ts';
import { type CampaignFacts, judgeOwnLists, newOwnList, type OwnList, type OwnLists } from './own-lists.ts';
import type { PersonType } from './person.ts';
import type { Session } from './session.ts';
import { createLinkedList, createList, linkList, linkListByRef, type NewList } from './write-operations.ts';

export type ReadyLists = { readonly lists: OwnLists; readonly facts: CampaignFacts };

/** NotFound of an action that an organization does not offer. */
const NOT_OFFERED = 404;
/** DuplicateRecord: the id is in the table, or was. */
const DUPLICATE_RECORD = '0x80040237';
const MAX_TRIES = 6;
/** Reads after which a list that is "there already" and never seen counts as deleted (U31). */
const TRIES_BEFORE_SPARE = 4;
const WAIT_MS = 500;
/**
 * U31: where the id of a deleted list may not be used again, a random one takes its place; the campaign's id in the name says whose it is.
 * Two processes that come to this at once make two lists, which is noticed as doubled before anybody is put on either.
 */
const DERIVED_ID_TRIES = 2;

/** Gives lists whose targets for these types exist and are linked; throws CampaignError when that cannot be brought about. */
export async function ensureOwnLists(
  session: Session,
  ready: ReadyLists,
  types: readonly PersonType[],
): Promise<ReadyLists> {
  let current = ready;
  let refusal: Error | undefined;
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const missing = types.filter((type) => current.lists.targets[type]?.isLinked !== true);
    if (missing.length === 0) return current;
    if (attempt > 0) await session.clock.sleep(WAIT_MS * attempt);
    const idOf = isTaken(refusal) && attempt >= TRIES_BEFORE_SPARE ? spareOwnListId : ownListId;
    for (const type of missing) refusal = (await makeOrLink(session, current, { type, idOf })) ?? refusal;
    const facts = await readCampaignFacts(session);
    current = { facts, lists: judgeOwnLists(facts) };
  }
  throw new CampaignError(
    'LIST_NOT_MADE',
    `Could not make the own lists of campaign "${ready.facts.campaign.name}" (${session.campaignId})${refusal === undefined ? '' : `: ${refusal.message}`}`,
    {
      hint: 'dyncamp sync check CAMPAIGN shows which privilege or list is in the way.',
      cause: refusal,
    },
  );
}

type Target = { readonly type: PersonType; readonly idOf: typeof ownListId };

async function makeOrLink(
  session: Session,
  { lists, facts }: ReadyLists,
  { type, idOf }: Target,
): Promise<Error | undefined> {
  const existing = lists.targets[type];
  if (existing !== undefined) return link(session, existing);
  const id = idOf(session.organizationId, session.campaignId, type);
  return makeList(session, { ...newOwnList(facts, type), id, personType: type });
}

async function makeList(session: Session, list: NewList): Promise<Error | undefined> {
  const { actionInChangeSet, addItemCampaign } = session.abilities.current();
  if (!actionInChangeSet || !addItemCampaign) return makeThenLink(session, list);
  const [result] = await session.dataverse.batch([createLinkedList(list, session.campaignId)]);
  const error = errorOf(result);
  if (result?.kind !== 'refused' || isTaken(error)) return error;
  // U28: the action may be refused inside a change set, or not offered; both answers leave nothing behind.
  session.abilities.learn({ actionInChangeSet: false });
  return makeThenLink(session, list);
}

async function makeThenLink(session: Session, list: NewList): Promise<Error | undefined> {
  const created = await session.dataverse.send(createList(list));
  if (created.kind === 'refused' && !isTaken(created.error)) return created.error;
  // Taken by a list that no read shows yet, or that is no more: the link tells which.
  const error = await link(session, list);
  return created.kind === 'refused' && error !== undefined ? created.error : error;
}

async function link(session: Session, list: Pick<OwnList, 'id'>): Promise<Error | undefined> {
  if (session.abilities.current().addItemCampaign) {
    const result = await session.dataverse.send(linkList(list.id, session.campaignId));
    if (result.kind !== 'refused' || result.error.status !== NOT_OFFERED) return errorOf(result);
    session.abilities.learn({ addItemCampaign: false });
  }
  return errorOf(
    await session.dataverse.send(
      linkListByRef(list.id, session.campaignId, `${session.dataverse.origin}/api/data/v9.2/`),
    ),
  );
}

const isTaken = (error: Error | undefined): boolean =>
  error instanceof DataverseError && error.dataverseCode === DUPLICATE_RECORD;

function errorOf(result: OperationResult | undefined): Error | undefined {
  return result === undefined || result.kind === 'ok' ? undefined : result.error;
}
