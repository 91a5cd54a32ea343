import { openProgress } from '../../../src/terminal/progress.ts';
import { type FakeTerminalOptions, fakeTerminal } from '../../support/terminal.ts';
import { steppedClock } from '../transport/manual-clock.ts';

/** Progress on a terminal, and the clock that a test moves. */
async function watched(options: FakeTerminalOptions = {}) {
  const fake = fakeTerminal(options);
  const clock = steppedClock();
  return { progress: await openProgress(fake.terminal, clock), clock, stderr: fake.stderr };
}

describe('openProgress', () => {
  it.each([
    ['stderr is no terminal', {}],
    ['a terminal has no width, where a live line would never end', { tty: { stderr: true }, columns: 0 }],
    ['it runs in CI, even when stderr claims to be a terminal', { tty: { stderr: true }, env: { CI: 'true' } }],
  ])('says a plain line every ten seconds when %s', async (_when, options) => {
    const { progress, clock, stderr } = await watched(options);
    progress.update('10 of 100');
    progress.update('20 of 100');
    await clock.advance(9_999);
    expect(stderr()).toBe('');
    await clock.advance(1);
    expect(stderr()).toBe('20 of 100\n');
    await progress.stop();
    await clock.advance(10_000);
    expect(stderr()).toBe('20 of 100\n');
  });

  it('says it as JSON when messages are JSON, also on a terminal', async () => {
    const { progress, clock, stderr } = await watched({ tty: { stderr: true }, logFormat: 'json' });
    progress.update('half', { done: 5 });
    await clock.advance(10_000);
    await progress.stop();
    expect(JSON.parse(stderr())).toEqual({
      ...{ time: '1970-01-01T00:00:00.000Z', level: 'info', code: 'PROGRESS', message: 'half', counts: { done: 5 } },
    });
  });

  it('says nothing with --quiet', async () => {
    const { progress, clock, stderr } = await watched({ quiet: true, tty: { stderr: true } });
    progress.update('half');
    await clock.advance(20_000);
    await progress.stop();
    expect(stderr()).toBe('');
  });
});
