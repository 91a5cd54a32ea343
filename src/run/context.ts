/** What a command may use, as functions that open it when called, so that `--help` opens nothing and does not sign in. */
import { fstatSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { isatty } from 'node:tty';
import type { Journal } from '../journal/journal.ts';
import type { ConnectionSettings } from '../settings/connection-settings.ts';
import { configDirectory, ownPlace, stateDirectory } from '../settings/directories.ts';
import type { ProfileStore } from '../settings/profile-store.ts';
import { combineExitCodes } from '../terminal/exit-codes.ts';
import { openTerminal, type Terminal, type TerminalOptions } from '../terminal/terminal.ts';
import type { Clock } from '../transport/http.ts';
import type { Traffic } from '../transport/open-transport.ts';
import { openSystemClock } from '../transport/system-clock.ts';
import type { Connected, ConnectOptions } from './connect.ts';
import { openSignals, type Signals } from './signals.ts';

export type GlobalOptions = TerminalOptions & {
  /** How long one request may wait for a server that is busy, in milliseconds. */
  readonly maxWaitMs: number;
  /** Most requests in flight. Default: what the server recommends. */
  readonly concurrency?: number | undefined;
};

export type Context = {
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The command line as typed after `dyncamp`. */
  readonly words: readonly string[];
  /** The global options; readable once the command line is parsed. */
  readonly options: GlobalOptions;
  /** DYNCAMP_STATE_DIR or the platform's place for state. */
  readonly stateDirectory: string;
  readonly configDirectory: string;
  /**
   * Aborted by the first SIGINT, SIGTERM or SIGHUP. A command that reads this property finishes what is in flight and returns; other commands
   * are ended at once.
   */
  readonly stop: AbortSignal;
  /** For servers, where a signal is the normal end (exit 0): resolves at the first one. */
  untilStopped(): Promise<void>;
  /** The command's action passes the exit code of its result. Several are combined by precedence. */
  endWith(exitCode: number | Promise<number>): Promise<void>;
  /** URL and sign-in, from the profile or the environment. Throws SettingsError. */
  settings(): Promise<ConnectionSettings>;
  /** The settings file. Throws SettingsError when it is broken. */
  openProfiles(): Promise<ProfileStore>;
  /** Settings → sign-in → transport → Dataverse. Sends no request; starts the built-in emulator. Closed with the context. */
  openDataverse(options?: ConnectOptions): Promise<Connected>;
  /** What was exchanged with Dynamics so far; undefined where nothing was opened. */
  traffic(): Traffic | undefined;
  /** Closed with the context. Throws UsageError JOURNAL_*. For writing, pass the server's time (epoch ms; Dataverse.serverNow). */
  openJournal(organizationId: string, serverNow?: () => number | undefined): Promise<Journal>;
  /** Run when the process ends, last one first. */
  onClose(close: () => unknown): void;
};

/** The context with what only the process edge may do. */
export type Edge = {
  readonly context: Context;
  readonly signals: Signals;
  exitCode(): number;
  close(): Promise<void>;
};

/** The parts of Node's process that are used; tests give their own. */
export type ProcessParts = {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly getuid?: (() => number) | undefined;
};

/** Calls `readOptions` once, when the options or the terminal are first needed: they are known only after the command line is parsed. */
export function openContext(process: ProcessParts, readOptions: () => GlobalOptions): Edge {
  const { env, platform, stdout, stderr } = process;
  const signals = openSignals();
  const clock = openSystemClock();
  const closers: (() => unknown)[] = [];
  const exitCodes: number[] = [];
  let traffic: (() => Traffic) | undefined;
  const options = once(readOptions);
  const terminal = once(() => {
    const stdin = {
      isTTY: isatty(0),
      ...redirected(0),
      stream() {
        // An open pipe would keep the process from ending.
        context.onClose(() => process.stdin.destroy());
        return process.stdin;
      },
    };
    return openTerminal({ stdin, stdout, stderr }, { ...options(), env, now: clock.now });
  });
  // Only when asked for: it throws where there is no home directory.
  const placeOfJournal = once(() => placeOfState(process, terminal()));

  const context: Context = {
    get terminal() {
      return terminal();
    },
    clock,
    random: Math.random,
    env,
    words: process.argv.slice(2),
    get options() {
      return options();
    },
    get stateDirectory() {
      return placeOfJournal();
    },
    get configDirectory() {
      return configDirectory(env, platform);
    },
    get stop() {
      return signals.catchSignals();
    },
    untilStopped: () => signals.untilStopped(),
    endWith: async (exitCode) => void exitCodes.push(await exitCode),
    async settings() {
      const { resolveConnection } = await import('../settings/settings.ts');
      const { profile } = context.options;
      const { isAttended } = context.terminal;
      return resolveConnection({ env, profile, isAttended, openProfiles: context.openProfiles });
    },
    async openProfiles() {
      const { openProfileStore } = await import('../settings/profile-store.ts');
      return openProfileStore(context.configDirectory);
    },
    async openDataverse(connectOptions = {}) {
      const { connect } = await import('./connect.ts');
      const connected = await connect(context, connectOptions);
      traffic = connected.dataverse.traffic;
      return connected;
    },
    traffic: () => traffic?.(),
    async openJournal(organizationId, serverNow) {
      const { openJournal } = await import('../journal/open-journal.ts');
      const { stateDirectory: directory } = context;
      const journal = openJournal({ directory, organizationId, now: clock.now, serverNow });
      context.onClose(() => journal.close());
      return journal;
    },
    onClose: (close) => void closers.push(close),
  };
  return { context, signals, exitCode: () => combineExitCodes(exitCodes), close: () => closeAll(closers) };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function redirected(fd: number): { readonly isFile: boolean; readonly isDirectory: boolean } {
  try {
    const stat = fstatSync(fd);
    return { isFile: stat.isFile(), isDirectory: stat.isDirectory() };
  } catch {
    // The parent process closed it.
    return { isFile: false, isDirectory: false };
  }
}

/** Reports a place other than the one in the environment: a user who looks for the journal elsewhere takes it for lost. */
function placeOfState({ env, platform, getuid }: ProcessParts, terminal: Terminal): string {
  const named = stateDirectory(env, platform);
  const place = ownPlace(named, getuid?.());
  const given = env.DYNCAMP_STATE_DIR;
  const isRelative = given !== undefined && given !== '' && !isAbsolute(given);
  if (place !== named) say(terminal, `Other users can write to ${named}: the journal and other state are in ${place}.`);
  else if (isRelative) say(terminal, `DYNCAMP_STATE_DIR is relative: the journal and other state are in ${place}.`);
  return place;
}

function say(terminal: Terminal, message: string): void {
  void import('../terminal/report-error.ts').then(({ notice }) => notice(terminal, 'STATE_DIR', message));
}

/** Closes all, last opened first, also when one fails; the first failure is thrown. */
async function closeAll(closers: readonly (() => unknown)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closers.toReversed()) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
