/** The built program as a process, disturbed in one way, and what it left: exit code, events that were read, results. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Places } from './places.ts';
import type { Attempt, Disturbance } from './trouble.ts';

export type Told = { readonly id: string; readonly type: string; readonly personId: string };
export type ResultRow = {
  readonly line: number;
  readonly outcome: string;
  readonly kind: string;
  readonly code: string;
};

export type Started = {
  readonly command: string;
  readonly disturbance: Disturbance;
  readonly clockMs: number;
  /** Null when a signal ended it. */
  readonly code: number | null;
  /** Events whose whole line was read, in order. */
  readonly told: readonly Told[];
  /** Lines of stdout that are no events. */
  readonly strange: readonly string[];
  readonly stderr: string;
  /** Undefined when it left no results file. */
  readonly results: readonly ResultRow[] | undefined;
  readonly ms: number;
};

export type Client = {
  readonly places: Places;
  readonly url: string;
  /** Its settings and its journal. */
  readonly home: string;
  /** Changes that the organization has made so far. */
  readonly countChanges: () => number;
};

/** A command that is still there after this hangs. */
const HANGS_MS = 120_000;
/** A second Ctrl-C follows so much later. */
const IMPATIENCE_MS = 80;

export function environmentFor(home: string, extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, TMPDIR } = process.env;
  const own = { DYNCAMP_CONFIG_DIR: join(home, 'config'), DYNCAMP_STATE_DIR: join(home, 'state'), HOME: home };
  return { PATH, LANG: 'C.UTF-8', ...(TMPDIR === undefined ? {} : { TMPDIR }), ...own, ...extra };
}

const LOOKS_EVERY_MS = 4;

let count = 0;

export async function startClient(
  client: Client,
  args: readonly string[],
  { disturbance, clockMs }: Attempt = { disturbance: { kind: 'none' }, clockMs: 0 },
): Promise<Started> {
  count += 1;
  const startedAt = Date.now();
  const results = join(client.home, `results-${count}.jsonl`);
  const isChange = args[0] === 'add' || args[0] === 'remove';
  const all = isChange ? [...args, '--results', results] : args;
  const child = spawn(process.execPath, ['--import', client.places.clock, client.places.binary, ...all], {
    env: environmentFor(client.home, {
      DYNCAMP_URL: client.url,
      DYNCAMP_ACCESS_TOKEN: 'chaos',
      CHAOS_CLOCK_MS: String(clockMs),
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
  const timers = [setTimeout(() => child.kill('SIGKILL'), HANGS_MS)];
  const later = (ms: number, signal: NodeJS.Signals): void =>
    void timers.push(setTimeout(() => child.kill(signal), ms));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    const events = stdout.split('\n').length - 1;
    if (disturbance.kind === 'kill-at-event' && events >= disturbance.events) child.kill('SIGKILL');
    if (disturbance.kind === 'close-stdout' && events >= disturbance.events) child.stdout.destroy();
  });
  if (disturbance.kind === 'close-stdout' && disturbance.events === 0) child.stdout.destroy();
  if (disturbance.kind === 'kill') later(disturbance.afterMs, 'SIGKILL');
  if (disturbance.kind === 'interrupt' || disturbance.kind === 'interrupt-twice') later(disturbance.afterMs, 'SIGINT');
  if (disturbance.kind === 'interrupt-twice') later(disturbance.afterMs + IMPATIENCE_MS, 'SIGINT');
  const changes = disturbance.kind === 'kill-at-change' ? client.countChanges() + disturbance.changes : Infinity;
  const look = setInterval(() => {
    if (changes < Infinity && client.countChanges() >= changes) child.kill('SIGKILL');
  }, LOOKS_EVERY_MS);
  const code = await closed;
  for (const timer of [...timers, look]) clearTimeout(timer);
  return {
    command: args.join(' '),
    disturbance,
    clockMs,
    code,
    ...readEvents(stdout),
    stderr,
    results: existsSync(results) ? readResults(results) : undefined,
    ms: Date.now() - startedAt,
  };
}

/** The last line may be cut off: who was killed while writing never noted it as told. */
function readEvents(stdout: string): Pick<Started, 'told' | 'strange'> {
  const lines = stdout.slice(0, stdout.lastIndexOf('\n') + 1).split('\n');
  const read = lines.filter((line) => line !== '').map((line) => ({ line, event: toldIn(line) }));
  return {
    told: read.flatMap(({ event }) => event ?? []),
    strange: read.flatMap(({ line, event }) => (event === undefined ? [line] : [])),
  };
}

function toldIn(line: string): Told | undefined {
  try {
    const { id, type, data } = JSON.parse(line);
    return { id: String(id), type: String(type), personId: String(data.person.id) };
  } catch {
    return undefined;
  }
}

function readResults(path: string): readonly ResultRow[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const { line: number, outcome, kind, code = '' } = JSON.parse(line);
      return { line: Number(number), outcome: String(outcome), kind: String(kind), code: String(code ?? '') };
    });
}
