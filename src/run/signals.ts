/** Ctrl-C, SIGTERM and SIGHUP as values: who handles the first signal, and the exit code it gives. */
import { EXIT } from '../terminal/exit-codes.ts';
import { StoppedAtQuestionError } from '../terminal/terminal.ts';

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** The reason with which the stop signal aborts; what it stops throws this. */
export class StoppedError extends Error {
  readonly signal: StopSignal;
  constructor(signal: StopSignal) {
    super(`Stopped by ${signal}.`);
    this.name = 'StoppedError';
    this.signal = signal;
  }
}

export function stopperOf(reason: unknown): string {
  return reason instanceof StoppedError && reason.signal !== 'SIGINT' ? reason.signal : 'Ctrl-C';
}

export type Signals = {
  /** For a command that ends by itself at the first signal. */
  catchSignals(): AbortSignal;
  /** For a server: the first signal is its normal end. Resolves then. */
  untilStopped(): Promise<void>;
  /** For the process: true when the command will end by itself, false when the process must end now. */
  request(signal: StopSignal): boolean;
  /** The exit code that the first signal stands for; undefined when there was none, or when it was a normal end. */
  exitCode(): number | undefined;
};

export function openSignals(): Signals {
  const controller = new AbortController();
  let isCaught = false;
  let isNormalEnd = false;
  let requested: StopSignal | undefined;
  return {
    catchSignals() {
      isCaught = true;
      return controller.signal;
    },
    untilStopped() {
      isCaught = true;
      isNormalEnd = true;
      return new Promise((resolve) => {
        if (controller.signal.aborted) resolve();
        controller.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    },
    request(signal) {
      if (requested !== undefined || !isCaught) return false;
      requested = signal;
      controller.abort(new StoppedError(signal));
      return true;
    },
    exitCode: () => (requested === undefined || isNormalEnd ? undefined : signalExitCode(requested)),
  };
}

export function signalExitCode(signal: StopSignal): number {
  return EXIT_CODES[signal];
}

/** The exit code for an error that only means that the user stopped the command: it is not reported. */
export function stopCodeOf(error: unknown): number | undefined {
  if (error instanceof StoppedError) return signalExitCode(error.signal);
  return error instanceof StoppedAtQuestionError ? EXIT.stopped : undefined;
}

const EXIT_CODES = {
  SIGINT: EXIT.stopped,
  SIGTERM: EXIT.terminated,
  SIGHUP: EXIT.hungUp,
} as const satisfies Record<StopSignal, number>;

/** What a process can learn about how it was started. `isatty` as in node:tty. */
export type Start = { readonly status: string | undefined; isatty(fd: number): boolean };

/** SIGHUP is signal 1: the lowest bit of SigIgn in /proc/self/status. */
const IGNORES_HANGUP = /^SigIgn:\s*[0-9a-f]*[13579bdf]$/im;

/**
 * Whether the process was started to survive the end of its terminal (`nohup`, `trap '' HUP`). Node 20 resets what it inherits, so SigIgn alone
 * would miss `nohup`, which leaves no terminal at stdin and stderr.
 */
export function ignoresHangUp({ status, isatty }: Start): boolean {
  return IGNORES_HANGUP.test(status ?? '') || !(isatty(0) || isatty(2));
}
