/** A short part of `npm run chaos` with a fixed seed: faults, switches, kills, restarts and two processes at once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChaos } from '../support/chaos/run-chaos.ts';
import { failureText } from '../support/chaos/say-chaos.ts';

const SEED = 20_261_121;
/** In a minute on two cores. Every third has two processes at once. */
const SCENARIOS = 9;

jest.setTimeout(300_000);

it('loses nothing and does nothing twice, whatever goes wrong', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dyncamp-chaos-'));
  const indexes = Array.from({ length: SCENARIOS }, (_, index) => index);
  const root = join(__dirname, '..', '..');
  const results = await runChaos({ root, folder, seed: SEED, indexes, workers: 2, mostPeople: 80 });
  const failed = results.filter(({ violations }) => violations.length > 0);
  expect(failed.map((result) => failureText(result, SEED))).toEqual([]);
  expect(results).toHaveLength(SCENARIOS);
  expect(results.reduce((sum, { changes }) => sum + changes, 0)).toBeGreaterThan(200);
  rmSync(folder, { recursive: true, force: true });
});
