/** What the pace makes of servers of three kinds, in simulated time: those of the benchmark, without what a machine adds. */
import { createGate, type Gate } from '../../../src/transport/gate.ts';
import type { Clock } from '../../../src/transport/http.ts';
import { createWaiting } from '../../../src/transport/waiting.ts';
import { steppedClock } from './manual-clock.ts';
import { post, response } from './scripted-send.ts';

const LIST = 'list';
const BATCH = 1000;
const PER_REQUEST_MS = 100;
const PER_ROW_WRITTEN_MS = 1;
/** Two tables are asked, and who is on the list. */
const READ_MS = PER_REQUEST_MS + 0.2 * BATCH;
const CONFIRM_MS = 0.1 * BATCH;
/** In batches that are in work beyond the writes: as in a run. */
const IN_HAND = 1;

type Model = 'free' | 'queued' | 'deadlocking';

/** A list that takes writes as the model has it; false: refused. */
function listOf(model: Model, clock: Clock) {
  let last: Promise<void> = Promise.resolve();
  let writing = 0;
  return async (people: number): Promise<boolean> => {
    if (model === 'deadlocking' && writing > 0) return false;
    const write = async () => {
      await clock.sleep(people * PER_ROW_WRITTEN_MS);
      writing -= 1;
    };
    writing += 1;
    const mine = model === 'queued' ? last.then(write) : write();
    last = mine;
    await mine;
    return true;
  };
}

async function writeAll(gate: Gate, clock: Clock, write: (people: number) => Promise<boolean>): Promise<void> {
  const request = async (ms: number, act = async (): Promise<boolean> => true): Promise<boolean> => {
    let isDone = true;
    const send = gate.policy(async () => {
      isDone = await act();
      await clock.sleep(ms);
      return response(200, { headers: { 'x-ms-dop-hint': '8' } });
    });
    await send(post());
    return isDone;
  };
  await request(READ_MS);
  for (let left = BATCH; left > 0; ) {
    const turn = await gate.writeTurn([LIST]);
    const members = Math.min(left, turn.sizes.members);
    // Where one goes after the other, the confirming read is not in its request.
    const confirmMs = turn.isOneAtATime ? 0 : CONFIRM_MS;
    const isDone = await request(PER_REQUEST_MS + confirmMs, () => write(members));
    const sent = { members, singles: 0 };
    const nobody = { members: 0, singles: 0 };
    turn.end({
      sent,
      done: isDone ? sent : nobody,
      trouble: isDone ? undefined : 'locked',
    });
    if (turn.isOneAtATime) await request(PER_REQUEST_MS + CONFIRM_MS);
    if (isDone) left -= members;
  }
}

/** Simulated milliseconds for so many people. */
async function timeFor(model: Model, people: number): Promise<number> {
  const clock = steppedClock(0);
  const waiting = createWaiting(clock);
  const gate = createGate({ clock, waiting, maxWaitMs: 1e9, concurrency: undefined, shards: 1 });
  const write = listOf(model, clock);
  const inWork = new Set<Promise<void>>();
  let toCome = people / BATCH;
  const pull = (): void => {
    const { requests, writes } = gate.allowed();
    while (toCome > 0 && inWork.size < (writes ?? requests) + IN_HAND) {
      toCome -= 1;
      const batch = writeAll(gate, clock, write).finally(() => {
        inWork.delete(batch);
        pull();
      });
      inWork.add(batch);
    }
  };
  pull();
  let passed = 0;
  for (; inWork.size > 0; passed += 100) await clock.advance(100);
  return passed;
}

const PEOPLE = 50_000;
/** 500 at a time, one call after the other, two requests each. */
const CLEVER_MS = (PEOPLE / 500) * (2 * PER_REQUEST_MS + 500 * PER_ROW_WRITTEN_MS + 0.1 * 500);

it('gets five times as much done as a plain loop where a list takes all that comes', async () => {
  expect(CLEVER_MS / (await timeFor('free', PEOPLE))).toBeGreaterThan(6);
});

it('keeps a list busy that takes one after the other, and loses little where a second one fails', async () => {
  const queued = await timeFor('queued', PEOPLE);
  expect(queued / (PEOPLE * PER_ROW_WRITTEN_MS)).toBeLessThan(1.1);
  expect(CLEVER_MS / queued).toBeGreaterThan(1.35);
  expect((await timeFor('deadlocking', PEOPLE)) / queued).toBeLessThan(1.15);
});
