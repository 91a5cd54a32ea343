/**
 * Rebuilds `added` events from the membership rows of a campaign's own lists. Takes only rows that the given users made or the journal knows:
 * additions by others never had an event.
 */

import type { CampaignAccess } from '../campaign/access.ts';
import { type CampaignFacts, classifyOwnLists, type OwnList } from '../campaign/own-lists.ts';
import { readMembers } from '../campaign/queries.ts';
import { and, compare, eq, odataGuid, odataTime } from '../dataverse/odata-query.ts';
import type { Read } from '../dataverse/operation.ts';
import { type ListMember, listMemberFromRow } from '../dataverse/wire.ts';
import type { Journal, NewEvent } from '../journal/journal.ts';
import { emailsById } from '../people/read-created.ts';
import { isFlowAdded, knownAdditions } from './added-by.ts';
import type { Creators } from './creators.ts';
import { rebuiltAddedEvent } from './events.ts';

export type RebuildOptions = {
  readonly access: CampaignAccess;
  readonly facts: CampaignFacts;
  /** Rows made since then (epoch ms, inclusive; Dynamics keeps whole seconds). */
  readonly since: number;
  /** Lower-case ids of the users whose rows count. */
  readonly userIds: ReadonlySet<string>;
  readonly creators: Creators;
  /** What is left of the journal. */
  readonly journal: Pick<Journal, 'addedByUs'>;
  readonly eventEmail: 'full' | 'none';
};

export type Rebuilding = {
  /** Per list, in the order in which its rows were made. */
  readonly events: AsyncIterable<NewEvent>;
  /** Rows that others made, and rows that do not show who asked for them (U32). Counted while the events are read. */
  leftOut(): { readonly byOthers: number; readonly unknown: number };
};

/** The people of a page have their e-mail addresses read together. */
const ROWS_PER_PAGE = 1000;

export function rebuildAdded(options: RebuildOptions): Rebuilding {
  const counter = { byOthers: 0, unknown: 0 };
  return { events: eventsOf(options, counter), leftOut: () => counter };
}

async function* eventsOf(
  options: RebuildOptions,
  counter: { byOthers: number; unknown: number },
): AsyncGenerator<NewEvent> {
  const { access, facts, userIds, creators, journal } = options;
  for (const list of classifyOwnLists(facts).all) {
    const pages = access.dataverse.pages(readMembersSince(list.id, options.since));
    for await (const page of pages) {
      const members = page.map(listMemberFromRow);
      const known = knownAdditions({ journal }, { kind: 'users', userIds }, members);
      const rules = { addedBy: { kind: 'users', userIds }, addedByJournal: known } as const;
      const others = members.filter((member) => !isFlowAdded(member, rules));
      await creators.learn(others);
      for (const member of others) counter[creators.says(member) === 'nothing' ? 'unknown' : 'byOthers'] += 1;
      yield* await eventsOfMembers(
        options,
        list,
        members.filter((member) => isFlowAdded(member, rules)),
      );
    }
  }
}

function readMembersSince(listId: string, since: number): Read {
  // Dynamics keeps whole seconds: a row made within the second of --since must be included.
  const second = Math.floor(since / 1000) * 1000;
  const filter = and(eq('_listid_value', odataGuid(listId)), compare('createdon', 'ge', odataTime(second)));
  const read = readMembers(filter, ['createdon', 'listmemberid']);
  return { ...read, headers: { prefer: `odata.maxpagesize=${ROWS_PER_PAGE}` } };
}

async function eventsOfMembers(
  { access, facts, eventEmail }: RebuildOptions,
  list: OwnList,
  members: readonly ListMember[],
): Promise<readonly NewEvent[]> {
  const people = members.map(({ personId }) => ({ type: list.personType, id: personId }));
  const emails = await emailsById(access, people, []);
  const { id, name, code } = facts.campaign;
  const context = { organizationId: access.organizationId, campaign: { id, name, code }, eventEmail };
  return members.map((member) =>
    rebuiltAddedEvent(context, member, {
      personType: list.personType,
      personId: member.personId,
      email: emails.get(member.personId),
      listId: list.id,
      listName: list.name,
    }),
  );
}
