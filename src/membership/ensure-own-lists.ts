/**
 * Makes the own lists that a campaign lacks, and links half-made ones. Safe under any race: the id is derived, "exists already" is read
 * back and is success, and nobody is put on a list before its link was read.
 */
import type { OperationResult } from '../dataverse/operation.ts';
import { CampaignError } from '../errors.ts';
import { readCampaignFacts } from './campaign-facts.ts';
import { type CampaignFacts, judgeOwnLists, newOwnList, type OwnList, type OwnLists } from './own-lists.ts';
import type { PersonType } from './person.ts';
import type { Session } from './session.ts';
import { createLinkedList, createList, linkList, linkListByRef, type NewList } from './write-operations.ts';

export type ReadyLists = { readonly lists: OwnLists; readonly facts: CampaignFacts };

/** NotFound of an action that an organization does not offer. */
const NOT_OFFERED = 404;
const MAX_TRIES = 5;
const WAIT_MS = 500;

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
    for (const type of missing) refusal = (await makeOrLink(session, current, type)) ?? refusal;
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

async function makeOrLink(
  session: Session,
  { lists, facts }: ReadyLists,
  type: PersonType,
): Promise<Error | undefined> {
  const existing = lists.targets[type];
  return existing === undefined
    ? makeList(session, { ...newOwnList(facts, type), personType: type })
    : link(session, existing);
}

async function makeList(session: Session, list: NewList): Promise<Error | undefined> {
  if (!session.abilities.current().actionInChangeSet || !session.abilities.current().addItemCampaign)
    return makeThenLink(session, list);
  const [result] = await session.dataverse.batch([createLinkedList(list, session.campaignId)]);
  const error = errorOf(result);
  // U28: the action may be refused inside a change set, or not offered; both answers leave nothing behind.
  if (error !== undefined && result?.kind === 'refused' && !isTaken(result)) return makeThenLink(session, list);
  return error;
}

async function makeThenLink(session: Session, list: NewList): Promise<Error | undefined> {
  const created = await session.dataverse.send(createList(list));
  if (created.kind === 'refused' && !isTaken(created)) return created.error;
  return link(session, list);
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

const isTaken = (result: Extract<OperationResult, { kind: 'refused' }>): boolean =>
  result.error.status === 412 || result.error.dataverseCode === '0x80040237';

function errorOf(result: OperationResult | undefined): Error | undefined {
  return result === undefined || result.kind === 'ok' ? undefined : result.error;
}
