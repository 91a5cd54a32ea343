/** Plays many scenarios, several at a time, each worker with an organization of its own. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { judge, type Verdict } from './check.ts';
import { type Organization, startOrganization } from './organization.ts';
import { copyProgram, type Places } from './places.ts';
import { type Played, playScenario } from './play.ts';
import { makeScenario, type Scenario, type Size } from './scenario.ts';

export type ChaosOptions = Size & {
  readonly root: string;
  /** Everything is written below it; the caller removes it. */
  readonly folder: string;
  readonly seed: number;
  /** Numbers of the scenarios to play. */
  readonly indexes: readonly number[];
  readonly workers: number;
  readonly onPlayed?: (result: Result) => void;
};

export type Result = Verdict & { readonly scenario: Scenario; readonly played: Played; readonly ms: number };

/** Gives the results in the order of the ends. */
export async function runChaos(options: ChaosOptions): Promise<readonly Result[]> {
  const left = [...options.indexes];
  const program = copyProgram(options.root, options.folder);
  const results: Result[] = [];
  const work = async (worker: number): Promise<void> => {
    const folder = join(options.folder, `worker-${worker}`);
    mkdirSync(folder, { recursive: true });
    const places = { ...program, folder };
    const organization = await startOrganization(places);
    try {
      for (let index = left.shift(); index !== undefined; index = left.shift()) {
        const result = await playOne(organization, places, makeScenario(options.seed, index, options));
        results.push(result);
        options.onPlayed?.(result);
      }
    } finally {
      await organization.close();
    }
  };
  await Promise.all(Array.from({ length: options.workers }, (_, worker) => work(worker)));
  return results;
}

async function playOne(organization: Organization, places: Places, scenario: Scenario): Promise<Result> {
  const startedAt = Date.now();
  const played = await playScenario(organization, places, scenario);
  return { ...judge(played, organization), scenario, played, ms: Date.now() - startedAt };
}
