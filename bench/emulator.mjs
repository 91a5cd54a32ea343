/** The emulator in a process of its own, so that what the clients cost is theirs alone. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Inside node_modules, where the bundle finds libsql. */
const bundle = fileURLToPath(new URL('../node_modules/.cache/dyncamp-bench/emulator.mjs', import.meta.url));

/** Milliseconds; the model that every figure of bench/README.md states. */
export const LATENCY = { perRequestMs: 100, perRowWrittenMs: 1, perRowReadMs: 0.1 };
export const DOP_HINT = 8;

let bundled;

function bundleEmulator() {
  bundled ??= build({
    entryPoints: [fileURLToPath(new URL('../src/emulator/start-emulator.ts', import.meta.url))],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
  return bundled;
}

/**
 * Starts one, in memory. `options` are those of src/emulator/start-emulator.ts, as far as they are data.
 * `count()` gives what it was asked since the last call: requests, bytes both ways, 429s, requests inside a Retry-After.
 */
export async function startBenchEmulator(options) {
  await bundleEmulator();
  const child = fork(
    fileURLToPath(new URL('emulator-process.mjs', import.meta.url)),
    [bundle, JSON.stringify(options)],
    {
      cwd: root,
    },
  );
  let fail;
  child.once('exit', () => fail?.(new Error('the emulator ended')));
  const answer = () =>
    new Promise((resolve, reject) => {
      fail = reject;
      child.once('message', resolve);
    });
  const ask = (question) => {
    child.send(question);
    return answer();
  };
  const { url } = await answer();
  return {
    url,
    count: () => ask('count'),
    async close() {
      child.send('close');
      await new Promise((resolve) => child.once('exit', resolve));
    },
  };
}
