/** Runs the built binary as a process of its own, in a home of its own: what a shell or a cron job sees. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = join(__dirname, '..', '..');
export const BINARY = join(ROOT, 'bin', 'dyncamp.js');

/** Text for stdin, or texts with a pause before each. */
export type StdinChunk = { readonly afterMs: number; readonly text: string };

export type CliOptions = {
  /** Default: stdin is empty and closed. */
  readonly stdin?: string | Uint8Array | readonly StdinChunk[];
  /** Added to an environment that has PATH and nothing of dyncamp, Azure or Node in it; undefined takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** From createHome(): several commands share settings and journal. Default: a new one, removed afterwards. */
  readonly home?: CliHome;
  readonly cwd?: string;
  /** A line of bash in which `"$@"` is the command, for redirections and limits, e.g. `exec "$@" > /dev/full`. */
  readonly shell?: string;
  /** Ends a command that hangs. Default 60 s. */
  readonly timeoutMs?: number;
};

export type CliResult = {
  readonly stdout: string;
  readonly stderr: string;
  /** Null when a signal ended the process. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
};

export type CliHome = { readonly directory: string; readonly config: string; readonly state: string; remove(): void };

/** A settings and a state directory in a temporary folder. */
export function createHome(): CliHome {
  const directory = mkdtempSync(join(tmpdir(), 'dyncamp-'));
  return {
    directory,
    config: join(directory, 'config'),
    state: join(directory, 'state'),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export type RunningCli = {
  readonly child: ChildProcessWithoutNullStreams;
  readonly stdin: ChildProcessWithoutNullStreams['stdin'];
  /** What came so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves with the text so far once it contains `text`; rejects when the process ends without. */
  waitFor(stream: 'stdout' | 'stderr', text: string): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<CliResult>;
};

const DEFAULT_TIMEOUT_MS = 60_000;

/** Starts the binary and leaves stdin open: for streaming, signals and readers that go away. */
export function spawnCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const home = options.home ?? createHome();
  const command = [process.execPath, BINARY, ...args];
  const words = options.shell === undefined ? command : ['bash', '-c', options.shell, 'bash', ...command];
  const child = spawn(words[0] ?? '', words.slice(1), {
    cwd: options.cwd ?? ROOT,
    env: childEnvironment(home, options.env),
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  // The command may end before it read everything.
  child.stdin.on('error', () => undefined);
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (options.home === undefined) home.remove();
      resolve({ ...texts, code, signal });
    });
  });
  return {
    child,
    stdin: child.stdin,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    waitFor: (stream, text) => waitFor({ child, stream, text, texts, ended }),
    kill: (signal) => void child.kill(signal),
    ended,
  };
}

/** Runs the binary to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const running = spawnCli(args, options);
  const { stdin = '' } = options;
  if (typeof stdin === 'string' || stdin instanceof Uint8Array) {
    running.stdin.end(stdin);
    return running.ended;
  }
  for (const { afterMs, text } of stdin) {
    await sleep(afterMs);
    running.stdin.write(text);
  }
  running.stdin.end();
  return running.ended;
}

/** The lines of a JSON Lines output as objects. */
export function jsonLines(text: string): readonly Record<string, unknown>[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line): Record<string, unknown> => JSON.parse(line));
}

function childEnvironment(home: CliHome, extra: CliOptions['env'] = {}): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TMPDIR } = process.env;
  const own = { DYNCAMP_CONFIG_DIR: home.config, DYNCAMP_STATE_DIR: home.state, HOME: home.directory, LANG: 'C.UTF-8' };
  const all = { PATH, SystemRoot, TMPDIR, ...own, ...extra };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

type Waiting = Pick<RunningCli, 'child' | 'ended'> & {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  readonly texts: Readonly<Record<'stdout' | 'stderr', string>>;
};

function waitFor({ child, stream, text, texts, ended }: Waiting): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (!texts[stream].includes(text)) return;
      child[stream].off('data', look);
      resolve(texts[stream]);
    };
    child[stream].on('data', look);
    look();
    ended.then(
      (result) => reject(new Error(`It ended (${result.code}) without "${text}" on ${stream}: ${result.stderr}`)),
      reject,
    );
  });
}
