/** What dyncamp writes for other programs, held against the JSON Schemas in docs/. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createHome, jsonLines, runCli } from '../support/run-cli.ts';

const root = join(__dirname, '../..');
const home = createHome();
afterAll(() => home.remove());

const validator = (name: string) =>
  new Ajv2020({ strict: false, allErrors: true }).compile(JSON.parse(readFileSync(join(root, 'docs', name), 'utf8')));

function expectAll(name: string, values: readonly unknown[], atLeast: number): void {
  const validate = validator(name);
  expect(values.length).toBeGreaterThanOrEqual(atLeast);
  for (const value of values)
    expect({ valid: validate(value), errors: validate.errors, value }).toMatchObject({ valid: true });
}

const cli = (args: readonly string[]) => runCli(args, { home, cwd: root, env: { DYNCAMP_PROFILE: 'emulator' } });

describe('the schemas in docs/', () => {
  it('describe the events, results and reports of add and remove', async () => {
    const results = join(home.directory, 'results.jsonl');
    const report = join(home.directory, 'report.json');
    const added = await cli([
      'add',
      'Spring Launch',
      '-f',
      'examples/people.csv',
      '--results',
      results,
      '--report',
      report,
    ]);
    expect(added.code).toBe(68);
    expectAll('event.schema.json', jsonLines(added.stdout), 7);
    expectAll('result.schema.json', jsonLines(readFileSync(results, 'utf8')), 10);
    expectAll('report.schema.json', [JSON.parse(readFileSync(report, 'utf8'))], 1);
    const removed = await cli(['remove', 'Spring Launch', 'anna.arendt@nordlicht.example', '--event-email', 'none']);
    expectAll('event.schema.json', jsonLines(removed.stdout), 1);
    expect(removed.stdout).not.toContain('@');
  });

  const add = ['add', 'Spring Launch', 'kim@example.com'];
  const emulator = { DYNCAMP_PROFILE: 'emulator' };
  const nowhere = { DYNCAMP_URL: 'http://127.0.0.1:9' };
  const token = { DYNCAMP_ACCESS_TOKEN: 'any-token' };
  it.each([
    {
      args: ['add', 'No Such', 'kim@example.com'],
      env: emulator,
      exitCode: 3,
      errorCode: 'CAMPAIGN_NOT_FOUND',
      campaignGiven: 'No Such',
      requests: 2,
    },
    { args: ['remove', 'x', '-f', 'none.csv'], env: emulator, exitCode: 65, errorCode: 'FILE_MISSING', requests: 0 },
    {
      args: ['apply', 'x', '-f', 'package.json', '--profile', 'gone'],
      env: {},
      exitCode: 2,
      errorCode: 'PROFILE_UNKNOWN',
    },
    {
      args: ['runs', 'undo', 'abcdef012345', '--yes'],
      env: emulator,
      exitCode: 2,
      errorCode: 'RUN_NOT_FOUND',
      campaignGiven: null,
    },
    { args: add, env: nowhere, exitCode: 2, errorCode: 'SIGN_IN_MISSING' },
    { args: add, env: { ...nowhere, ...token }, exitCode: 75, errorCode: 'UNREACHABLE' },
  ])('describe the report of a command that never came to a run: $errorCode', async ({ args, env, ...expected }) => {
    const report = join(home.directory, 'early.json');
    const all = [...args, '--report', report, '--log-format', 'json', '--max-wait', '0'];
    const { code, stderr } = await runCli(all, { home, cwd: root, env });
    const written: unknown = JSON.parse(readFileSync(report, 'utf8'));
    expect(written).toMatchObject({ run: null, people: 0, ...expected });
    expect({ code, stderr }).toMatchObject({
      code: expected.exitCode,
      stderr: expect.stringContaining(`"code":"${expected.errorCode}"`),
    });
    expectAll('report.schema.json', [written], 1);
  });

  it('refuse what is not of their shape', () => {
    expect(validator('event.schema.json')({ specversion: '1.0', id: 'x' })).toBe(false);
    expect(validator('result.schema.json')({ source: '-', line: 1, ref: '', outcome: 'maybe', kind: 'done' })).toBe(
      false,
    );
  });
});
