/** What the end of a run says to a person. */
import { CampaignError, DataverseError, InputError, TemporaryError, UsageError } from '../../../src/errors.ts';
import { outcomeOf } from '../../../src/input/outcome.ts';
import { reportConnection } from '../../../src/run/connect-campaign.ts';
import { startCounting } from '../../../src/run/counts.ts';
import { type RunSummary, reportResult } from '../../../src/run/summary.ts';
import { notice } from '../../../src/terminal/report-error.ts';
import { fakeTerminal } from '../../support/terminal.ts';

type Said = Parameters<typeof outcomeOf>;

async function said(...outcomes: readonly (readonly [Said[1], string])[]): Promise<string> {
  return saidOf({}, ...outcomes);
}

async function saidOf(
  { columns = {}, ...change }: Partial<RunSummary> & { columns?: Readonly<Record<string, string>> },
  ...outcomes: readonly (readonly [Said[1], string])[]
): Promise<string> {
  const counter = startCounting();
  for (const [outcome, message] of outcomes)
    counter.add(outcomeOf({ place: { source: 'p.csv', line: 2, ref: 'x' }, columns }, outcome, { message }));
  const { terminal, stderr } = fakeTerminal();
  const run = {
    command: 'add',
    words: ['add', 'Spring Launch', '-f', 'p.csv'],
    people: [],
    runId: 'a93b3436-0000-4000-8000-000000000001',
    options: {},
    counts: counter.current(),
    isDryRun: false,
    elapsedMs: 0,
    traffic: { requests: 1, waitedMs: 0, bytesSent: 0, bytesReceived: 0 },
    ...change,
  } as unknown as RunSummary;
  await reportResult(terminal, run);
  return stderr().replaceAll(/\s+/g, ' ');
}

describe('the people whom remove keeps', () => {
  const kept = async (...codes: readonly (string | undefined)[]): Promise<string> => {
    const counter = startCounting();
    const row = { place: { source: 'p.csv', line: 2, ref: 'x' }, columns: {} };
    for (const code of codes) counter.add(outcomeOf(row, 'added-by-other', { addedBy: 'Service', code }));
    return saidOf({ command: 'remove', words: ['remove', 'Spring Launch'], counts: counter.current() });
  };

  it('are those of others, where Dynamics says who added them', async () => {
    const text = await kept(undefined, 'CREATOR_UNKNOWN');
    expect(text).toContain('2 skipped (added by someone else).');
    expect(text).toContain('Not removed, because someone else added them: Service (2).');
  });

  it('are not called those of others, where nothing shows who added them', async () => {
    const text = await kept('CREATOR_UNKNOWN', 'CREATOR_UNKNOWN');
    expect(text).toContain('2 skipped (not known who added them).');
    expect(text).toContain(
      "because Dynamics does not say who added them, and this machine's journal does not know them: Service (2).",
    );
    expect(text).not.toContain('someone else');
  });
});

describe('reportConnection', () => {
  const connected = async (change: {
    debug?: boolean;
    profileName?: string;
    code?: string;
    userName?: string;
    isTTY?: boolean;
  }) => {
    const { debug = false, profileName, code = 'SPRING', userName = 'Kim Lee', isTTY = false } = change;
    const { terminal, stderr } = fakeTerminal({ debug, tty: { stderr: isTTY }, color: false });
    const identity = { organizationId: 'o1', organizationName: 'Contoso', userId: 'u1', userName };
    const facts = { campaign: { id: 'c1', name: 'Spring', code } };
    type Args = Parameters<typeof reportConnection>;
    const connection = { origin: 'https://contoso.example', profileName };
    await reportConnection(
      terminal,
      { identity, facts, asked: 'spring launch' } as unknown as Args[1],
      connection as unknown as Args[2],
    );
    await notice(terminal, 'X', 'Not linked.', 'Link it: `dyncamp sync repair id:c1`.');
    return stderr().split('\nNot linked.\n');
  };

  it.each([
    ['a person', {}, 'Campaign "Spring" (SPRING) in Contoso, as Kim Lee'],
    ['a campaign without a code', { code: '' }, 'Campaign "Spring" in Contoso, as Kim Lee'],
    [
      'an application user, and the profile',
      { userName: '# dyncamp', profileName: 'prod' },
      'Campaign "Spring" (SPRING) in Contoso, as dyncamp, profile prod',
    ],
  ])('says where it works in one line: %s', async (_who, change, expected) => {
    expect((await connected(change))[0]).toBe(expected);
  });

  it('breaks it on a narrow terminal between what and where', async () => {
    const long = 'SPRING-LAUNCH-2026-SOUTHERN-REGION-PARTNERS';
    const change = { code: long, userName: '# dyncamp', isTTY: true };
    expect((await connected(change))[0]).toBe(`Campaign "Spring" (${long})\n  in Contoso, as dyncamp`);
    expect((await connected({ ...change, isTTY: false }))[0]).toMatch(/^Campaign .*dyncamp$/);
  });

  it('lets the next steps name the campaign as the user did', async () => {
    expect((await connected({}))[1]).toBe('Hint: Link it: `dyncamp sync repair "spring launch"`.\n');
  });

  it('says ids and address with --debug', async () => {
    expect((await connected({ debug: true }))[0]).toMatch(/^debug:? .*c1.*o1 at https:\/\/contoso.example.*u1/m);
  });
});

describe('reportResult', () => {
  it('does not say that nothing was changed where it is not known', async () => {
    expect(await said(['unconfirmed', 'no answer'])).toContain(
      'No change is confirmed. 1 not finished (not confirmed).',
    );
    expect(await said(['not-reached', ''])).toContain('No changes. 1 not finished (not reached).');
  });

  it('gives the reason of the first who is not confirmed, unless an error has given it', async () => {
    const reason = 'Sent to Dynamics, but not confirmed yet: The server is busy.';
    const [first, others] = [
      ['unconfirmed', reason],
      ['unconfirmed', 'Another.'],
    ] as const;
    expect(await said(first, others)).toContain(
      '2 people not reached, or not confirmed yet: p.csv, line 2: not confirmed. Sent to Dynamics, but not confirmed yet: The server is busy',
    );
    const failure = new TemporaryError('SERVER_BUSY', 'Gave up.');
    expect(await saidOf({ failure }, first)).toContain('1 person not reached, or not confirmed yet. ');
  });

  it.each([
    'kim@x.example',
    'kim\u{FF20}x.example',
    'kim\u{FE6B}x.example',
    'kim%40x.example',
    '"kim o\u{FF20}x.example"',
  ])('says no address of a file: %s', async (address) => {
    const text = await said(['cannot-create', `lead 1 has ${address}, which looks like (${address}).`]);
    expect(text).toContain('line 2: cannot be created, lead 1 has (address), which looks like ((address))');
    expect(text).not.toContain('kim');
  });

  it('leaves an @ that stands alone', async () => {
    expect(await said(['invalid', '"a@@b.example" is not a single e-mail address: it has 2 @.'])).toContain(
      'line 2: not valid, (address) is not a single e-mail address: it has 2 @',
    );
  });

  const failure = ['invalid', 'no address'] as const;

  it.each<[string, Partial<RunSummary>, number, string]>([
    [
      'the command on the failed rows',
      { options: { results: 'r.csv' } } as Partial<RunSummary>,
      1,
      'Hint: Fix the rows in r.csv, then: dyncamp add "Spring Launch" -f r.csv --only-failed',
    ],
    [
      'the command on the failed rows, and which of the columns count',
      { options: { results: 'r.csv' }, columns: { Email: 'x' } } as unknown as Partial<RunSummary>,
      1,
      'Hint: Fix the rows in r.csv, in the columns that begin with "in.", then: dyncamp add "Spring Launch" -f r.csv --only-failed',
    ],
    ['the same command without --results', {}, 1, 'Hint: Fix the rows, then: dyncamp add "Spring Launch" -f p.csv'],
    [
      'the command that shows them all, where not all are said',
      {},
      11,
      'Hint: To see all who failed: dyncamp runs show a93b3436 --failed Fix the rows, then: dyncamp add "Spring Launch" -f p.csv',
    ],
    [
      'the whole input of apply',
      { command: 'apply', options: { results: 'r.csv' } } as Partial<RunSummary>,
      1,
      'Fix the rows (see r.csv), then: dyncamp',
    ],
    ['no command where a pipe was the input', { usesStdin: true }, 1, 'Fix the rows, then run the same command again.'],
    ['real', { isDryRun: true, words: ['add', 'C', '--dry-run', '-f', 'p.csv'] }, 1, 'then: dyncamp add C -f p.csv'],
  ])('gives as the next step %s', async (_what, change, failed, expected) => {
    expect(await saidOf(change, ...Array.from({ length: failed }, () => failure))).toContain(expected);
  });

  const massRejection = new DataverseError('MASS_REJECTION', 'refused');
  const notMade = new CampaignError('LIST_NOT_MADE', 'refused');
  const rejected = ['rejected', 'no'] as const;
  const notReached = ['not-reached', ''] as const;

  it.each<[string, unknown, readonly (typeof rejected | typeof failure | typeof notReached)[], string]>([
    ['rows', massRejection, [rejected], 'Fix the cause, then: dyncamp add "Spring Launch" -f p.csv'],
    ['others', notMade, [notReached], 'Fix the cause, then: dyncamp add "Spring Launch" -f p.csv'],
    ['both', massRejection, [rejected, notReached], 'Fix the cause, then: dyncamp add "Spring Launch" -f p.csv'],
    ['an input that ends too early', new InputError('X', 'x'), [failure], 'Fix the rows, then: dyncamp'],
    ['what may work later', new TemporaryError('X', 'x'), [notReached], 'Run it again: dyncamp'],
  ])('promises nothing of a repetition after a refusal: %s', async (_what, failure, outcomes, expected) => {
    expect((await saidOf({ failure }, ...outcomes)).split('Hint: ').slice(1)).toEqual([
      expect.stringMatching(new RegExp(`^${expected}`)),
    ]);
  });

  it.each<[string, Partial<RunSummary>, string]>([
    ['the people given', { people: ['a@x.example'], words: ['add', 'C', 'a@x.example'] }, 'dyncamp add C a@x.example'],
    ['the rows of a file', {}, 'dyncamp add "Spring Launch" -f p.csv'],
    [
      'the failed rows',
      { options: { results: 'r.csv' } } as Partial<RunSummary>,
      'or the rows in r.csv, then: dyncamp add "Spring Launch" -f r.csv --only-failed',
    ],
  ])('seeks the cause not only in %s where all were refused by Dynamics', async (_what, change, expected) => {
    expect(await saidOf(change, rejected, ['forbidden', 'no'])).toMatch(
      new RegExp(`Hint: Fix the cause, .*${expected}`),
    );
    expect(await saidOf(change, rejected, failure)).not.toContain('Fix the cause');
  });

  it('offers no command line again that was wrong', async () => {
    expect(await saidOf({ failure: new UsageError('X', 'x') }, notReached)).not.toContain('Hint:');
  });

  it('asks nobody to correct the people after a refusal', async () => {
    const change = { failure: massRejection, people: ['kim@x.example'], words: ['add', 'C', 'kim@x.example'] };
    expect(await saidOf(change, rejected)).toContain('Hint: Fix the cause, then: dyncamp add C kim@x.example');
    expect(await saidOf({ ...change, usesStdin: true }, notReached)).toContain(
      'Fix the cause, then run the same command again.',
    );
  });

  it.each<[string, Partial<RunSummary>, string]>([
    ['add', { inputTotal: 20_000 }, 'Stopped by Ctrl-C; 2 of 20,000 are in; run the same command again.'],
    ['remove', { inputTotal: 5, command: 'remove' }, 'Stopped by Ctrl-C; 1 of 5 is out; run the same command again.'],
    ['apply', { command: 'apply' }, 'Stopped by Ctrl-C; 2 people are done; run the same'],
    ['a pipe', { usesStdin: true }, 'Stopped by Ctrl-C; 2 people are in; run the same command again.'],
  ])('says how far a run came that was stopped: %s', async (_what, change, expected) => {
    const outcomes = [
      ['added', ''],
      [change.command === undefined ? 'already-member' : 'removed', ''],
      ['not-reached', ''],
    ] as const;
    const text = await saidOf({ stoppedBy: 'Ctrl-C', ...change }, ...outcomes);
    expect(text).toContain(expected);
    expect(text).not.toContain('not reached, or');
  });

  it('takes an @ alone for no address', async () => {
    expect(await said(['invalid', '"p" is no address (it has no @)'])).toContain('"p" is no address (it has no @)');
  });
});
