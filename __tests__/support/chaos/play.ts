/** Plays a scenario: the same command again and again under trouble, then in peace until it is done. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, type Started, startClient } from './client.ts';
import type { Organization } from './organization.ts';
import type { Places } from './places.ts';
import { answersOf, type ChangeCommand, csvOf, type Scenario, type Step } from './scenario.ts';
import { LONGEST_DELAY_MS } from './trouble.ts';

export type Played = {
  readonly scenario: Scenario;
  readonly campaignId: string;
  /** Where the change log stood before anything of the scenario. */
  readonly logFrom: number;
  /** Every start, in the order of the ends, per journal. */
  readonly started: readonly Started[];
  /** The last start, in peace. */
  readonly last: Started;
  /** All events that each journal holds, in its order, and how many nobody took. */
  readonly replays: readonly { readonly events: Started['told']; readonly untold: number }[];
};

/** In peace a command is done after this many starts, or it never will be. */
const PEACEFUL_STARTS = 5;

export async function playScenario(organization: Organization, places: Places, scenario: Scenario): Promise<Played> {
  const folder = mkdtempSync(join(places.folder, `scenario-${scenario.index}-`));
  const campaignId = campaignIdOf(scenario);
  const { memberCreator } = answersOf(scenario);
  if (memberCreator !== 'caller') await organization.removeLists();
  await organization.conditions({ switches: { memberCreator }, faults: [] });
  const logFrom = organization.changes.now();
  await organization.makeCampaign(campaignId, `Chaos ${scenario.index} ${folder.slice(-6)}`);
  const file = join(folder, 'people.csv');
  writeFileSync(file, csvOf(scenario.people));
  const { url, changes } = organization;
  const clients = clientsOf(scenario, { places, url, home: folder, countChanges: () => changes.now() });
  const started: Started[] = [];
  const argsOf = (command: ChangeCommand) => argumentsOf(scenario, command, { campaignId, file });

  if (scenario.steps[0]?.command === 'remove') started.push(...(await inPeace(clients.slice(0, 1), argsOf('add'))));
  for (const step of scenario.steps) {
    const { faults, pageSize } = step;
    await organization.conditions({ switches: scenario.switches, faults, pageSize });
    const commands = [argsOf(step.command), argsOf(step.otherCommand)];
    started.push(...(await playStep(organization, clients, commands, step)));
  }
  await organization.conditions({ switches: scenario.switches, faults: [] });
  // A request that was cut off is carried out by now, and reads show the people of earlier commands: before that nobody could know.
  await sleep(LONGEST_DELAY_MS);
  await organization.settleReads();
  const lastCommand = scenario.steps.at(-1)?.command ?? 'add';
  for (const client of clients) started.push(...(await inPeace([client], argsOf(lastCommand))));
  const last = started.at(-1);
  if (last === undefined) throw new Error('nothing was started');
  const homes = [...new Map(clients.map((client) => [client.home, client])).values()];
  return { scenario, campaignId, logFrom, started, last, replays: await Promise.all(homes.map(replayOf)) };
}

async function playStep(
  organization: Organization,
  clients: readonly Client[],
  commands: readonly (readonly string[])[],
  step: Step,
): Promise<readonly Started[]> {
  const restarts = step.restartsAfterMs.map((ms) => sleep(ms).then(() => organization.restart()));
  const started = await Promise.all(
    clients.map(async (client, place) => {
      const ended: Started[] = [];
      for (const attempt of step.attempts[place] ?? []) {
        const one = await startClient(client, commands[place] ?? [], attempt);
        ended.push(one);
        if (isDone(one)) break;
      }
      return ended;
    }),
  );
  await Promise.all(restarts);
  return started.flat();
}

async function inPeace(clients: readonly Client[], args: readonly string[]): Promise<readonly Started[]> {
  const started: Started[] = [];
  for (const client of clients) {
    for (let start = 0; start < PEACEFUL_STARTS; start += 1) {
      const one = await startClient(client, args);
      started.push(one);
      if (isDone(one)) break;
    }
  }
  return started;
}

const isDone = ({ code }: Started): boolean => code === 0 || code === 68;

function clientsOf({ processes }: Scenario, { home, ...rest }: Client): readonly Client[] {
  const homes = { one: ['a'], 'two-sharing': ['a', 'a'], 'two-apart': ['a', 'b'], contested: ['a', 'b'] }[processes];
  return homes.map((name) => {
    const own = join(home, name);
    mkdirSync(own, { recursive: true });
    return { ...rest, home: own };
  });
}

function argumentsOf(
  { batchSize, concurrency }: Scenario,
  command: ChangeCommand,
  { campaignId, file }: { readonly campaignId: string; readonly file: string },
): readonly string[] {
  const pace = ['--batch-size', String(batchSize), '--concurrency', String(concurrency), '--max-wait', '20s'];
  return [command, `id:${campaignId}`, '-f', file, '--no-input', ...pace];
}

async function replayOf(client: Client) {
  // Asked first: a replay is a reader like any other, and what it took is told.
  const untold = await startClient(client, ['events', 'list', '--undelivered', '-o', 'jsonl']);
  const all = await startClient(client, ['events', 'replay', '--all']);
  return { events: all.told, untold: untold.strange.length };
}

/** Another one for each time that it is played. */
function campaignIdOf({ index }: Scenario): string {
  const random = Math.floor(Math.random() * 2 ** 48)
    .toString(16)
    .padStart(12, '0');
  return `c4a05000-0000-4000-8000-${random}`.replace('0000-4000', `${index.toString(16).padStart(4, '0')}-4000`);
}
