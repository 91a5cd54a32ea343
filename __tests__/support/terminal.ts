/** A terminal without a terminal: what is written is kept as text, and each stream says what the test wants it to be. */
import { PassThrough, Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { openTerminal, type Surroundings, type Terminal, type TerminalOptions } from '../../src/terminal/terminal.ts';

export type FakeTerminalOptions = Partial<TerminalOptions & Surroundings> & {
  /** Which streams are terminals. Default: none. */
  readonly tty?: { readonly stdin?: boolean; readonly stdout?: boolean; readonly stderr?: boolean };
  readonly columns?: number;
};

export type FakeTerminal = {
  readonly terminal: Terminal;
  /** What stdout took so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves when this stands on stderr. */
  untilSaid(text: string): Promise<void>;
  /** What a person types; `null` ends the input. */
  type(text: string | null): void;
  /** From now on writing to stdout fails as when its reader went away; with a code, as with that error. */
  breakStdout(code?: string): void;
  /** While it is stalled, stdout takes nothing: writes wait. */
  stallStdout(): () => void;
};

/** A Writable that keeps what it takes, and can stall or break. */
class Recorder extends Writable {
  text = '';
  isTTY = false;
  columns = 80;
  /** As Node's own streams: what is piped into it does not end it. */
  readonly _isStdio = true;
  failure: Error | undefined;
  stalled: Promise<void> | undefined;

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    const take = (): void => {
      if (this.failure === undefined) this.text += chunk.toString('utf8');
      done(this.failure);
    };
    if (this.stalled === undefined) take();
    else this.stalled.then(take, take);
  }
}

export function fakeTerminal(options: FakeTerminalOptions = {}): FakeTerminal {
  const { tty = {}, columns = 80, env = {}, ...rest } = options;
  const stdin = new PassThrough();
  const stdout = new Recorder();
  const stderr = new Recorder();
  Object.assign(stdout, { isTTY: tty.stdout === true, columns });
  Object.assign(stderr, { isTTY: tty.stderr === true, columns });
  const terminal = openTerminal(
    { stdin: { isTTY: tty.stdin === true, isFile: false, isDirectory: false, stream: () => stdin }, stdout, stderr },
    {
      env,
      color: true,
      input: true,
      quiet: false,
      verbose: false,
      debug: false,
      logFormat: 'text',
      now: () => 0,
      ...rest,
    },
  );
  return {
    terminal,
    stdout: () => stdout.text,
    stderr: () => stderr.text,
    async untilSaid(text) {
      while (!stderr.text.includes(text)) await turn();
    },
    type: (text) => void (text === null ? stdin.end() : stdin.write(text)),
    breakStdout(code = 'EPIPE') {
      stdout.failure = Object.assign(new Error(`write ${code}`), { code });
    },
    stallStdout() {
      let release: () => void = () => undefined;
      stdout.stalled = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
  };
}
