/** `npm run chaos`: bundled and started by scripts/chaos.mjs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runChaos } from './run-chaos.ts';
import { failureText, progressText, summaryText } from './say-chaos.ts';

const USUAL_RUNS = 300;
const MOST_PEOPLE = 250;
const SAID_EVERY = 10;

/** Gives the exit code. */
export async function main(root: string, args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      runs: { type: 'string' },
      only: { type: 'string' },
      people: { type: 'string' },
      workers: { type: 'string' },
      keep: { type: 'boolean' },
    },
  });
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
  const runs = Number(values.runs ?? USUAL_RUNS);
  const indexes =
    values.only === undefined ? Array.from({ length: runs }, (_, index) => index) : values.only.split(',').map(Number);
  const folder = mkdtempSync(join(tmpdir(), 'dyncamp-chaos-'));
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  say(`Chaos with seed ${seed}: ${indexes.length} scenarios, in ${folder}`);
  const startedAt = Date.now();
  const played: Parameters<typeof progressText>[0][number][] = [];
  const results = await runChaos({
    root,
    folder,
    seed,
    indexes,
    mostPeople: Number(values.people ?? MOST_PEOPLE),
    workers: Math.min(indexes.length, Number(values.workers ?? 3)),
    onPlayed(result) {
      played.push(result);
      if (result.violations.length > 0) say(failureText(result, seed));
      if (played.length % SAID_EVERY === 0) say(progressText(played, indexes.length));
    },
  });
  say(summaryText(results, seed, Date.now() - startedAt));
  const failed = results.some(({ violations }) => violations.length > 0);
  if (failed || values.keep === true) say(`Journals, results and the organizations are in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  return failed ? 1 : 0;
}
