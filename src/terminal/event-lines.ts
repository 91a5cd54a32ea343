/** The events of a writing command: one JSON object per line on stdout, and which of them were certainly taken. */
import { messageOf, TemporaryError } from '../errors.ts';
import { safeJson } from './safe-text.ts';
import { type Output, ReaderGoneError } from './terminal.ts';

/**
 * A pipe holds what was written until its reader takes it, and loses it when the reader goes: 64 KiB by default, at most 1 MiB for
 * a user (/proc/sys/fs/pipe-max-size).
 */
const LARGEST_PIPE_BYTES = 1024 * 1024;

type EventLines = {
  /**
   * Writes one line per event in a single write. True when stdout took them, also if it had to wait for a slow
   * reader; false when stdout takes nothing any more: it may have got some of them. Never throws. Calls may overlap: lines come
   * out in the order of the calls.
   */
  write(events: readonly EventLine[]): Promise<boolean>;
  /** Stdout takes no more. */
  readonly isClosed: boolean;
  /** Why stdout is closed. Undefined when its reader went away, which is not an error. */
  failure(): TemporaryError | undefined;
  /** Sequences that were written but may not have reached the reader, in order. Empty while stdout is open. */
  doubtful(): readonly number[];
};

/** `line` is JSON without its line feed. */
type EventLine = { readonly line: string; readonly sequence: number };

export function openEventLines(stdout: Output): EventLines {
  const recent: { sequence: number; bytes: number }[] = [];
  let recentBytes = 0;
  let isClosed = false;
  let failure: TemporaryError | undefined;

  const remember = (sequence: number, bytes: number): void => {
    recent.push({ sequence, bytes });
    recentBytes += bytes;
    // Once the later lines fill the largest pipe, the reader has taken the oldest.
    for (let oldest = recent[0]; oldest !== undefined; oldest = recent[0]) {
      if (recentBytes - oldest.bytes < LARGEST_PIPE_BYTES) return;
      recent.shift();
      recentBytes -= oldest.bytes;
    }
  };

  return {
    async write(events) {
      if (isClosed) return false;
      try {
        await stdout.write(events.map(({ line }) => `${stdout.isTTY ? safeJson(line) : line}\n`).join(''));
      } catch (thrown) {
        isClosed = true;
        if (!(thrown instanceof ReaderGoneError)) failure = eventsFailure(thrown);
        return false;
      }
      // Characters and the line feed: too low a count only means remembering too long, and at worst the event is delivered once more.
      for (const { sequence, line } of events) remember(sequence, line.length + 1);
      return true;
    },
    get isClosed() {
      return isClosed;
    },
    failure: () => failure,
    doubtful: () => (isClosed ? recent.map(({ sequence }) => sequence) : []),
  };
}

/** The same failure, with what it means for events. */
function eventsFailure(failure: unknown): TemporaryError {
  const cause = failure instanceof TemporaryError ? failure.cause : failure;
  return new TemporaryError('STDOUT_FAILED', `Could not write events to stdout: ${messageOf(cause)}`, {
    cause,
    hint: 'Free some space, then run the same command: what was not written counts as undelivered.',
  });
}
