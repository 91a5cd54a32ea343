import { readServerTime } from '../../../src/transport/server-time.ts';
import { manualClock } from './manual-clock.ts';
import { get, response } from './scripted-send.ts';

const SERVER = Date.parse('2026-11-21T09:00:00Z');

/** A machine at 1,000,000 ms, and answers with these headers. */
function asking() {
  const clock = manualClock();
  const time = readServerTime(clock);
  const answer = async (date: string | undefined, status = 200) => {
    const send = time.policy(async () => response(status, { headers: date === undefined ? {} : { date } }));
    await send(get({ url: 'https://x/' }));
  };
  return { clock, time, answer };
}
const dateAt = (ms: number): string => new Date(ms).toUTCString();

describe('readServerTime', () => {
  it('knows none before an answer has named one', async () => {
    const { time, answer } = asking();
    expect(time.now()).toBeUndefined();
    await answer(undefined);
    await answer('soon');
    await answer(dateAt(SERVER), 503);
    expect(time.now()).toBeUndefined();
  });

  it('goes on from the answer by what has passed here', async () => {
    const { clock, time, answer } = asking();
    await answer(dateAt(SERVER));
    clock.advance(1_500);
    expect(time.now()).toBe(SERVER + 1_500);
  });

  it('takes the latest of what differs by the whole seconds of the header and by the way', async () => {
    const { clock, time, answer } = asking();
    await answer(dateAt(SERVER));
    clock.advance(1_999);
    await answer(dateAt(SERVER + 1_000));
    expect(time.now()).toBe(SERVER + 1_999);
    await answer(dateAt(SERVER + 3_000));
    expect(time.now()).toBe(SERVER + 3_000);
  });

  it('follows the server where its time, or ours, was set', async () => {
    const { clock, time, answer } = asking();
    await answer(dateAt(SERVER));
    clock.advance(3_600_000);
    await answer(dateAt(SERVER + 5_000));
    expect(time.now()).toBe(SERVER + 5_000);
  });
});
