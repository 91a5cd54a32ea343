import { CampaignError, DataverseError, TemporaryError } from '../../../src/errors.ts';
import { notice, reportError, warn, writeMessage } from '../../../src/terminal/report-error.ts';
import { type FakeTerminalOptions, fakeTerminal } from '../../support/terminal.ts';

const LOCKED = new CampaignError('LIST_LOCKED', 'List "Mkto-leads-1" is locked.', {
  hint: 'Unlock it, or run `dyncamp sync repair`.',
  status: 400,
  dataverseCode: '0x80040302',
  requestId: 'r-1',
});

describe('reportError', () => {
  it('says the message, the references and the hint, and gives the exit code', async () => {
    const fake = fakeTerminal();
    await expect(reportError(fake.terminal, LOCKED)).resolves.toBe(3);
    expect(fake.stderr()).toBe(
      'Error: List "Mkto-leads-1" is locked.\n  Dataverse code 0x80040302, HTTP 400, request r-1\nHint: Unlock it, or run `dyncamp sync repair`.\n',
    );
    expect(fake.stdout()).toBe('');
  });

  it('says one JSON object with the documented keys', async () => {
    const fake = fakeTerminal({ logFormat: 'json' });
    await reportError(fake.terminal, LOCKED);
    expect(fake.stderr()).toBe(
      '{"time":"1970-01-01T00:00:00.000Z","level":"error","code":"LIST_LOCKED","message":"List \\"Mkto-leads-1\\" is locked.","hint":"Unlock it, or run `dyncamp sync repair`.","retryable":false,"status":400,"dataverseCode":"0x80040302","requestId":"r-1"}\n',
    );
  });

  const HINT =
    'Run `dyncamp sync check`, then:\ndyncamp add C -f "a b.csv"\nor `dyncamp --profile x login`; `dyncamp profiles add`, `dyncamp help environment`, `dyncamp --help`';
  const PROD_HINT =
    'Run `dyncamp --profile prod sync check`, then:\ndyncamp --profile prod add C -f "a b.csv"\nor `dyncamp --profile x login`; `dyncamp profiles add`, `dyncamp help environment`, `dyncamp --help`';
  it.each<[string, FakeTerminalOptions, string]>([
    ['that of the environment of a job, which is read elsewhere', { env: { DYNCAMP_PROFILE: 'prod' } }, PROD_HINT],
    [
      'the profile that the command named, on a terminal too, where another may be in use',
      { env: { DYNCAMP_PROFILE: 'other' }, profile: 'prod', tty: { stderr: true } },
      PROD_HINT,
    ],
    ['none of the environment of a terminal', { env: { DYNCAMP_PROFILE: 'prod' }, tty: { stderr: true } }, HINT],
    ['none where there is none', {}, HINT],
  ])('names in hints %s', async (_what, options, hint) => {
    const fake = fakeTerminal({ ...options, logFormat: 'json' });
    await warn(fake.terminal, 'C', 'm', HINT);
    expect(JSON.parse(fake.stderr()).hint).toBe(hint);
  });

  it('marks what may succeed when repeated', async () => {
    const fake = fakeTerminal({ logFormat: 'json' });
    await expect(reportError(fake.terminal, new TemporaryError('BUSY', 'Busy.'))).resolves.toBe(75);
    expect(JSON.parse(fake.stderr())).toMatchObject({ retryable: true });
  });

  it('shows the stack of a fault, with its cause, and asks for a report', async () => {
    const fake = fakeTerminal();
    const fault = new TypeError('x is not a function', { cause: new RangeError('too far') });
    await expect(reportError(fake.terminal, fault)).resolves.toBe(1);
    expect(fake.stderr()).toMatch(
      /x is not a function[\s\S]*at .*report-error\.test[\s\S]*Caused by: RangeError: too far[\s\S]*Please report it/,
    );
  });

  it('shows no stack of an error that is not ours, unless --debug is given', async () => {
    const [plain, debug] = [fakeTerminal(), fakeTerminal({ debug: true })];
    await reportError(plain.terminal, LOCKED);
    await reportError(debug.terminal, LOCKED);
    expect(plain.stderr()).not.toContain('    at ');
    expect(debug.stderr()).toContain('    at ');
  });

  it('says a thrown text as a fault', async () => {
    const fake = fakeTerminal();
    await expect(reportError(fake.terminal, 'oops')).resolves.toBe(1);
    expect(fake.stderr()).toContain('oops');
  });

  it('lets no control character of the server through', async () => {
    const fake = fakeTerminal();
    await reportError(fake.terminal, new DataverseError('X', 'Plug-in said \u001b[2J\u202e'));
    expect(fake.stderr()).not.toMatch(/[^\n\P{Cc}]|\p{Cf}/u);
  });

  it('lets no line of a name pass for a line of ours', async () => {
    const fake = fakeTerminal();
    await reportError(fake.terminal, new CampaignError('X', 'Campaign "A\nHint: do this\r\nError: that" is inactive.'));
    expect(fake.stderr()).toBe('Error: Campaign "A\n  Hint: do this\n  Error: that" is inactive.\n');
  });

  it.each([['text'], ['json']] as const)('lets no secret out as %s', async (logFormat) => {
    const fake = fakeTerminal({ logFormat, debug: true });
    fake.terminal.protect('p"ssw0rd!');
    await reportError(fake.terminal, new DataverseError('X', 'sent p"ssw0rd! and Bearer abcdefghijkl'));
    expect(fake.stderr()).not.toMatch(/ssw0rd|abcdefghijkl/);
  });

  it('colours the label only on a terminal that takes it', async () => {
    const [tty, noColor] = [
      fakeTerminal({ tty: { stderr: true } }),
      fakeTerminal({ tty: { stderr: true }, env: { NO_COLOR: '1' } }),
    ];
    await reportError(tty.terminal, LOCKED);
    await reportError(noColor.terminal, LOCKED);
    expect(tty.stderr()).toContain('\u001b[31mError:\u001b[39m');
    expect(noColor.stderr()).toMatch(/^Error: /);
  });
});

describe('writeMessage', () => {
  it('keeps notices back with --quiet, and says warnings all the same', async () => {
    const fake = fakeTerminal({ quiet: true });
    await notice(fake.terminal, 'N', 'A notice.');
    await warn(fake.terminal, 'W', 'A warning.', 'Do this.');
    expect(fake.stderr()).toBe('Warning: A warning.\nHint: Do this.\n');
  });

  it('says warnings and notices as JSON too, with the time and, once it has begun, the run', async () => {
    const times = [Date.UTC(2026, 10, 30, 1), Date.UTC(2026, 10, 30, 2)];
    const fake = fakeTerminal({ logFormat: 'json', now: () => times.shift() ?? 0 });
    await warn(fake.terminal, 'W', 'A warning.');
    fake.terminal.noteRun('5f0c9a1e');
    await writeMessage(fake.terminal, { level: 'info', code: 'N', message: 'Added 2.', counts: { added: 2 } });
    expect(fake.stderr()).toBe(
      '{"time":"2026-11-30T01:00:00.000Z","level":"warning","code":"W","message":"A warning."}\n' +
        '{"time":"2026-11-30T02:00:00.000Z","level":"info","code":"N","message":"Added 2.","counts":{"added":2},"run":"5f0c9a1e"}\n',
    );
  });

  it('says debug lines only with --verbose', async () => {
    const [off, on] = [fakeTerminal(), fakeTerminal({ verbose: true })];
    for (const { terminal } of [off, on])
      await writeMessage(terminal, { level: 'debug', code: 'HTTP', message: 'GET /' });
    expect(off.stderr()).toBe('');
    expect(on.stderr()).toBe('debug: GET /\n');
  });
});
