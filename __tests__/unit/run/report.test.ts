/** What the end of a run says to a person. */
import { outcomeOf } from '../../../src/input/outcome.ts';
import { type RunSummary, reportResult } from '../../../src/run/report.ts';
import { startCounting } from '../../../src/run/summary.ts';
import { fakeTerminal } from '../../support/terminal.ts';

type Said = Parameters<typeof outcomeOf>;

async function said(...outcomes: readonly (readonly [Said[1], string])[]): Promise<string> {
  const counter = startCounting();
  for (const [outcome, message] of outcomes)
    counter.add(outcomeOf({ place: { source: 'p.csv', line: 2, ref: 'x' }, columns: {} }, outcome, { message }));
  const { terminal, stderr } = fakeTerminal();
  const run = {
    command: 'add',
    options: {},
    counts: counter.current(),
    isDryRun: false,
    elapsedMs: 0,
    traffic: { requests: 1, waitedMs: 0, bytesSent: 0, bytesReceived: 0 },
  } as unknown as RunSummary;
  await reportResult(terminal, { ...run, ending: { reason: () => undefined } });
  return stderr().replaceAll(/\s+/g, ' ');
}

describe('reportResult', () => {
  it('does not say that nothing was changed where it is not known', async () => {
    expect(await said(['unconfirmed', 'no answer'])).toContain('No change is confirmed. Open 1: 1 unconfirmed.');
    expect(await said(['not-reached', ''])).toContain('Nothing was changed. Open 1: 1 not-reached.');
  });

  it.each([
    'kim@x.example',
    'kim\u{FF20}x.example',
    'kim\u{FE6B}x.example',
    'kim%40x.example',
    '"kim o\u{FF20}x.example"',
  ])('says no address of a file: %s', async (address) => {
    const text = await said(['cannot-create', `lead 1 has ${address}, which looks like (${address}).`]);
    expect(text).toContain('line 2: cannot-create, lead 1 has (address), which looks like ((address))');
    expect(text).not.toContain('kim');
  });

  it('takes an @ alone for no address', async () => {
    expect(await said(['invalid', '"p" is no address (it has no @)'])).toContain('"p" is no address (it has no @)');
  });
});
