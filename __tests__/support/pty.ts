/** The built binary on a pseudo-terminal, which `script` of util-linux gives: what a person sees and types. */
import { spawn, spawnSync } from 'node:child_process';
import { BINARY, type CliHome } from './run-cli.ts';

/** BSD's `script` takes other options. */
export const hasPty = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '');

/** Says why it is passed over where there is no pseudo-terminal to be had. */
export const onPty = hasPty
  ? describe
  : (name: string, body: () => void) => describe.skip(`${name} (no script of util-linux here)`, body);

export type PtyOptions = {
  readonly home: CliHome;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: 80. */
  readonly columns?: number;
  /** A shell's redirections, e.g. `> events.jsonl`; streams without stay on the terminal. */
  readonly redirect?: string;
};

export type PtyRun = {
  /** All that was shown so far, with what was typed, control sequences and all. */
  shown(): string;
  /** Resolves once the text is to be seen behind what was waited for before; rejects when the command ends without. */
  waitFor(text: string): Promise<void>;
  type(text: string): void;
  readonly ended: Promise<{ readonly code: number | null; readonly shown: string }>;
};

export const CTRL_C = '\u0003';
export const CTRL_D = '\u0004';
export const ENTER = '\r';

const TIMEOUT_MS = 60_000;

export function runOnPty(args: readonly string[], { home, env = {}, columns = 80, redirect = '' }: PtyOptions): PtyRun {
  const words = [process.execPath, BINARY, ...args].map(quoted).join(' ');
  const own = { HOME: home.directory, DYNCAMP_CONFIG_DIR: home.config, DYNCAMP_STATE_DIR: home.state };
  return startOnPty(`exec ${words} ${redirect}`, { columns, env: { ...own, ...env } });
}

/** Any command of a POSIX shell. */
export function startOnPty(
  command: string,
  { env, columns = 80 }: { readonly env: Readonly<Record<string, string>>; readonly columns?: number },
): PtyRun {
  const child = spawn('script', ['-q', '-e', '-f', '-c', `stty cols ${columns} rows 24; ${command}`, '/dev/null'], {
    env: { PATH: process.env.PATH, TERM: 'xterm-256color', SHELL: '/bin/sh', LANG: 'C.UTF-8', ...env },
  });
  let text = '';
  let from = 0;
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  const ended = new Promise<{ code: number | null; shown: string }>((resolve) => {
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, shown: text });
    });
  });
  const look = (wanted: string): boolean => {
    const at = text.indexOf(wanted, from);
    if (at >= 0) from = at + wanted.length;
    return at >= 0;
  };
  return {
    shown: () => text,
    async waitFor(wanted) {
      let isOver = false;
      void ended.then(() => {
        isOver = true;
      });
      while (!look(wanted)) {
        if (isOver) throw new Error(`It ended without "${wanted}":\n${text}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    type: (typed) => void child.stdin.write(typed),
    ended,
  };
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
