/** Progress of a long command: one live line on a terminal, a plain line every 10 s elsewhere. The only import of ora. */
import { truncate } from './display-width.ts';
import { noticeCounts } from './report-error.ts';
import { safeText } from './safe-text.ts';
import type { Terminal } from './terminal.ts';

type Progress = {
  /** Replaces the line shown. `counts`: its numbers, for --log-format json. */
  update(text: string, counts?: Readonly<Record<string, number>>): void;
  /** Removes the live line, or ends the plain lines. */
  stop(): Promise<void>;
};

/** The part of the clock that plain lines need. */
type ProgressClock = { sleep(ms: number, signal?: AbortSignal): Promise<void> };

const PLAIN_LINE_EVERY_MS = 10_000;
/** The spinner's frame and blank, and a column so that the line does not wrap. */
const SPINNER_COLUMNS = 3;

export async function openProgress(terminal: Terminal, clock: ProgressClock): Promise<Progress> {
  if (terminal.quiet) return { update: () => undefined, stop: async () => undefined };
  // CI logs may claim to be terminals, where a live line is useless.
  const isLive = terminal.isAttended && terminal.logFormat === 'text' && hasWidth(terminal.stderr.stream);
  return isLive ? liveLine(terminal) : plainLines(terminal, clock);
}

/** A pseudo-terminal without a size (containers, expect) has 0 columns: ora 9.4.1 divides by it and clears lines for ever. */
function hasWidth(stream: object): boolean {
  return 'columns' in stream && typeof stream.columns === 'number' && stream.columns > 0;
}

async function liveLine(terminal: Terminal): Promise<Progress> {
  const { default: ora } = await import('ora');
  const spinner = ora({
    stream: terminal.stderr.stream,
    // Decided above; ora's own check takes CI=false for CI.
    isEnabled: true,
    color: terminal.stderr.colour ? 'cyan' : false,
    // Input, Ctrl-C included, must reach the command.
    discardStdin: false,
    hideCursor: true,
  });
  return {
    update(text) {
      spinner.text = truncate(safeText(text), terminal.stderr.columns - SPINNER_COLUMNS);
      if (!spinner.isSpinning) spinner.start();
    },
    async stop() {
      spinner.stop();
    },
  };
}

function plainLines(terminal: Terminal, clock: ProgressClock): Progress {
  const ending = new AbortController();
  let latest: { readonly text: string; readonly counts: Readonly<Record<string, number>> | undefined } | undefined;
  const lines = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await clock.sleep(PLAIN_LINE_EVERY_MS, ending.signal);
      if (latest !== undefined) await noticeCounts(terminal, 'PROGRESS', latest.text, latest.counts);
    }
  };
  // stop() aborts the sleep, and its rejection ends the loop.
  const ended = lines().catch(() => undefined);
  return {
    update(text, counts) {
      latest = { text, counts };
    },
    async stop() {
      ending.abort();
      await ended;
    },
  };
}
