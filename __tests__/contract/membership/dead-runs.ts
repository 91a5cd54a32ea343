/** Runs that died, and what they leave: a campaign with its list, and what was about to be done to its people. */
import { randomUUID } from 'node:crypto';
import type { NewIntent } from '../../../src/journal/journal.ts';
import type { Api, makers } from '../../support/emulator.ts';
import { byId, type Rig, type RunResult } from './harness.ts';
import { truthOf } from './truth.ts';

type List = { readonly id: string; readonly name: string };

/** What was told of whom: `added 0f…`. */
export const told = (...results: readonly RunResult[]): readonly string[] =>
  results.flatMap(({ events }) => events.map((event) => `${event.type.split('.').at(-1)} ${event.personId}`));

/** A campaign with a list of leads on which one lead stands already. */
export async function campaignWithList(
  { api, make }: { readonly api: Api; readonly make: ReturnType<typeof makers> },
  rig: Rig,
) {
  const campaign = await make.campaign();
  const first = await make.lead({ emailaddress1: `${randomUUID()}@x.example` });
  await rig.add(campaign, [byId(first, 'lead')]);
  const [list] = (await truthOf(api, campaign)).lists;
  if (list === undefined) throw new Error('the list is made by the first addition');
  return { campaign, list, first };
}

export function intentFor(lead: string, list: List, more: Pick<NewIntent, 'kind'> & Partial<NewIntent>): NewIntent {
  const place = { source: 'dead.csv', line: 3, ref: lead };
  const who = { personType: 'lead', personId: lead, email: '', created: false } as const;
  return { ...who, listId: list.id, listName: list.name, place, ...more };
}

/** As a run that was killed right after it committed these intents; gives its id. */
export async function beginAndDie(rig: Rig, campaign: string, intents: readonly NewIntent[]): Promise<string> {
  const { runJournal: run } = await rig.session(campaign);
  run.begin(intents);
  rig.reopen();
  return run.id;
}
