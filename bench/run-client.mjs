/** Runs a client as a process of its own and measures it: wall time, CPU and peak memory of that process, and what the server saw. */
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const usageHook = new URL('report-usage.mjs', import.meta.url).href;
const DYNCAMP = fileURLToPath(new URL('../bin/dyncamp.js', import.meta.url));
/** Not to be mixed up with a setting of whoever runs the benchmark. */
const OWN_SETTINGS = /^(DYNCAMP_|AZURE_|NODE_OPTIONS$|HTTPS?_PROXY$)/i;

/** A folder for settings, journal and files; removed by remove(). */
export function createHome() {
  const directory = mkdtempSync(join(tmpdir(), 'dyncamp-bench-'));
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** `dyncamp …args` against the emulator. stdout goes to a file, as in a cron job. */
export function runDyncamp({ emulator, home, args, env }) {
  return runClient({
    emulator,
    home,
    command: [DYNCAMP, ...args],
    env: {
      DYNCAMP_URL: emulator.url,
      DYNCAMP_ACCESS_TOKEN: 'bench',
      DYNCAMP_CONFIG_DIR: join(home.directory, 'config'),
      DYNCAMP_STATE_DIR: join(home.directory, 'state'),
      ...env,
    },
  });
}

/** One of scripts/: the same work, written with dynamics-web-api. */
export function runScript({ emulator, home, script, args }) {
  const path = fileURLToPath(new URL(`scripts/${script}.mjs`, import.meta.url));
  return runClient({ emulator, home, command: [path, emulator.url, ...args], env: {} });
}

async function runClient({ emulator, home, command, env }) {
  const usageFile = join(home.directory, 'usage.json');
  const logFile = join(home.directory, 'stderr.txt');
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OWN_SETTINGS.test(name)));
  await emulator.count();
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--import', usageHook, ...command], {
    cwd: root,
    env: { ...inherited, ...env, HOME: home.directory, BENCH_USAGE: usageFile },
    stdio: ['ignore', openSync(join(home.directory, 'stdout.txt'), 'w'), openSync(logFile, 'w')],
  });
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  const elapsedMs = performance.now() - startedAt;
  if (code !== 0)
    throw new Error(`${command.join(' ')} ended with ${code}: ${readFileSync(logFile, 'utf8').slice(-2000)}`);
  const usage = JSON.parse(readFileSync(usageFile, 'utf8'));
  return {
    elapsedMs,
    cpuMs: (usage.userCPUTime + usage.systemCPUTime) / 1000,
    peakRssMb: usage.maxRSS / 1024,
    ...(await emulator.count()),
  };
}
