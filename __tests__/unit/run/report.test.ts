/** What the end of a run says to a person. */
import { outcomeOf } from '../../../src/input/outcome.ts';
import { type RunSummary, reportConnection, reportResult } from '../../../src/run/report.ts';
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

describe('reportConnection', () => {
  const connected = async (change: { debug?: boolean; profileName?: string; code?: string; userName?: string }) => {
    const { debug = false, profileName, code = 'SPRING', userName = 'Kim Lee' } = change;
    const { terminal, stderr } = fakeTerminal({ debug });
    const identity = { organizationId: 'o1', organizationName: 'Contoso', userId: 'u1', userName };
    const facts = { campaign: { id: 'c1', name: 'Spring', code } };
    type Args = Parameters<typeof reportConnection>;
    const connection = { origin: 'https://contoso.example', profileName };
    await reportConnection(terminal, { identity, facts } as unknown as Args[1], connection as unknown as Args[2]);
    return stderr();
  };

  it.each([
    ['a person', {}, 'Campaign "Spring" (SPRING) in Contoso, as Kim Lee\n'],
    ['a campaign without a code', { code: '' }, 'Campaign "Spring" in Contoso, as Kim Lee\n'],
    [
      'an application user, and the profile',
      { userName: '# dyncamp', profileName: 'prod' },
      'Campaign "Spring" (SPRING) in Contoso, as dyncamp (application user), profile prod\n',
    ],
  ])('says where it works in one line: %s', async (_who, change, expected) => {
    expect(await connected(change)).toBe(expected);
  });

  it('says ids and address with --debug', async () => {
    expect(await connected({ debug: true })).toMatch(/^debug:? .*c1.*o1 at https:\/\/contoso.example.*u1/m);
  });
});

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
