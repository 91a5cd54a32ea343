import { openSystemClock } from '../../../src/transport/system-clock.ts';

/** A machine whose clock is set by the test; time passes by `pass`. */
function machine() {
  const time = { wall: 1_000_000, steady: 50 };
  const clock = openSystemClock({ wall: () => time.wall, steady: () => time.steady });
  const pass = (ms: number) => {
    time.wall += ms;
    time.steady += ms;
  };
  return { time, clock, pass };
}

describe('now', () => {
  it('goes on where the clock of the machine is put back, so that no wait gets longer', () => {
    const { time, clock, pass } = machine();
    const began = clock.now();
    pass(10);
    time.wall -= 3_600_000;
    pass(10);
    expect(clock.now()).toBe(began + 20);
  });

  it('follows it forward, as out of a suspension, in which the timers stood still', () => {
    const { time, clock } = machine();
    clock.now();
    time.wall += 3_600_000;
    expect(clock.now()).toBe(time.wall);
  });
});

describe('sleep', () => {
  it('does not end at once where it is longer than a timer of Node can be', async () => {
    const clock = openSystemClock();
    const stop = new AbortController();
    const ended: string[] = [];
    const long = clock.sleep(2 ** 31 + 1, stop.signal).then(
      () => ended.push('long'),
      () => undefined,
    );
    // The timer of a time that overflows is one of 1 ms: it would be first.
    await clock.sleep(20).then(() => ended.push('short'));
    stop.abort();
    await long;
    expect(ended).toEqual(['short']);
  });

  it('rejects with the reason of its signal', async () => {
    const reason = new Error('stopped');
    await expect(openSystemClock().sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
