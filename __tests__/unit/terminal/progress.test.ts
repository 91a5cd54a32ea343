import { openProgress } from '../../../src/terminal/progress.ts';
import { fakeTerminal } from '../../support/terminal.ts';

/** A clock that moves when the test says so. */
function stepClock() {
  const sleeps: { readonly ms: number; readonly wake: () => void }[] = [];
  return {
    sleeps,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        sleeps.push({ ms, wake: resolve });
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('openProgress', () => {
  it('says a plain line every ten seconds when stderr is no terminal', async () => {
    const fake = fakeTerminal();
    const clock = stepClock();
    const progress = await openProgress(fake.terminal, clock);
    progress.update('10 of 100');
    progress.update('20 of 100');
    expect(fake.stderr()).toBe('');
    expect(clock.sleeps[0]?.ms).toBe(10_000);
    clock.sleeps[0]?.wake();
    await turn();
    expect(fake.stderr()).toBe('20 of 100\n');
    await progress.stop();
    expect(fake.stderr()).toBe('20 of 100\n');
  });

  it('says plain lines on a terminal that has no width, where a live line would never end', async () => {
    const fake = fakeTerminal({ tty: { stderr: true }, columns: 0 });
    const clock = stepClock();
    const progress = await openProgress(fake.terminal, clock);
    progress.update('half');
    clock.sleeps[0]?.wake();
    await turn();
    await progress.stop();
    expect(fake.stderr()).toContain('half\n');
  });

  it('says it as JSON when messages are JSON, also on a terminal', async () => {
    const fake = fakeTerminal({ tty: { stderr: true }, logFormat: 'json' });
    const clock = stepClock();
    const progress = await openProgress(fake.terminal, clock);
    progress.update('half', { done: 5 });
    clock.sleeps[0]?.wake();
    await turn();
    await progress.stop();
    expect(JSON.parse(fake.stderr())).toEqual({
      ...{ time: '1970-01-01T00:00:00.000Z', level: 'info', code: 'PROGRESS', message: 'half', counts: { done: 5 } },
    });
  });

  it('says nothing with --quiet', async () => {
    const fake = fakeTerminal({ quiet: true, tty: { stderr: true } });
    const clock = stepClock();
    const progress = await openProgress(fake.terminal, clock);
    progress.update('half');
    await progress.stop();
    expect(fake.stderr()).toBe('');
    expect(clock.sleeps).toEqual([]);
  });

  it('draws plain lines in CI even when stderr claims to be a terminal', async () => {
    const fake = fakeTerminal({ tty: { stderr: true }, env: { CI: 'true' } });
    const clock = stepClock();
    const progress = await openProgress(fake.terminal, clock);
    expect(clock.sleeps).toHaveLength(1);
    await progress.stop();
  });
});
