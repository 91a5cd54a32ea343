/** Lets requests in one by one: never while it is closed, never more than the limit. */
import type { Clock } from './http.ts';
import { stopped, type Waiting } from './waiting.ts';
import { createWaitingLine } from './waiting-line.ts';

export type Door = {
  enter(signal?: AbortSignal): Promise<void>;
  leave(): void;
  /** Closes for this long from now, or longer if it is closed for longer already. */
  closeFor(ms: number): void;
  inFlight(): number;
};

export type DoorOptions = {
  readonly clock: Clock;
  readonly waiting: Waiting;
  /** Requests that may be in flight now. */
  readonly limit: () => number;
  /** How long the door may stay closed at a stretch, in milliseconds. */
  readonly maxWaitMs: number;
  /** What those who wait are told when it is closed for longer. */
  readonly tooLong: (untilMs: number) => Error;
};

/** One sleep for all who wait; it ends early when nobody is left, so that a stopped process need not sit it out. */
function createAlarm(waiting: Waiting): { set(ms: number, ring: () => void): void; cancel(): void } {
  let running: AbortController | undefined;
  return {
    set(ms, ring) {
      if (running !== undefined) return;
      const mine = new AbortController();
      running = mine;
      const done = () => {
        if (running === mine) running = undefined;
        ring();
      };
      waiting.sleep(ms, 'throttled', mine.signal).then(done, done);
    },
    cancel: () => running?.abort(),
  };
}

export function createDoor(options: DoorOptions): Door {
  const { clock } = options;
  const line = createWaitingLine();
  const alarm = createAlarm(options.waiting);
  let inFlight = 0;
  let closed = { since: 0, until: 0 };
  const { stop } = options.waiting;
  stop?.addEventListener('abort', letIn, { once: true });

  function mayEnter(): boolean {
    if (inFlight >= options.limit()) return false;
    inFlight += 1;
    return true;
  }

  function letIn(): void {
    const now = clock.now();
    if (now >= closed.until) line.letIn(mayEnter);
    if (now < closed.until && closed.until - closed.since > options.maxWaitMs)
      line.disband(options.tooLong(closed.until));
    // Nobody waits for a closed door any more; behind an open one it is only for those ahead, who are being answered.
    if (now < closed.until && stop?.aborted) line.disband(stopped());
    if (line.isEmpty()) alarm.cancel();
    else if (now < closed.until) alarm.set(closed.until - now, letIn);
  }

  return {
    async enter(signal) {
      const turn = line.stand(signal);
      letIn();
      await turn.finally(letIn);
    },
    leave() {
      inFlight -= 1;
      letIn();
    },
    closeFor(ms) {
      const now = clock.now();
      const since = now < closed.until ? closed.since : now;
      closed = { since, until: Math.max(closed.until, now + ms) };
    },
    inFlight: () => inFlight,
  };
}
