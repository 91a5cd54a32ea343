/** `--columns` means the same in every listing command. */
import { type CliHome, createHome, jsonLines, runCli } from '../support/run-cli.ts';

describe('--columns', () => {
  let home: CliHome;
  beforeAll(async () => {
    home = createHome();
    await run('add', 'Spring Launch', 'anna.arendt@nordlicht.example', 'lena.lorenz@rheintal.example');
  });
  afterAll(() => home.remove());
  const run = (...args: string[]) => runCli(['--profile', 'emulator', ...args], { home });

  it.each([
    ['campaigns list', ['status', 'name']],
    ['members list "Spring Launch"', ['email', 'type']],
    ['members find anna.arendt@nordlicht.example', ['since', 'campaign']],
    ['runs list', ['exitCode', 'run', 'counts']],
    ['events list', ['who', 'change', 'campaignId']],
    ['profiles list', ['inUse', 'name']],
  ])('of %s gives these columns in this order', async (command, columns) => {
    const words = command.match(/"[^"]+"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? [];
    const { stdout } = await run(...words, '--columns', columns.join(',').toUpperCase());
    const rows = jsonLines(stdout);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(Object.keys(row)).toEqual(columns);
  });

  it('says what was probably meant by a name that is none', async () => {
    const { code, stdout, stderr } = await run('runs', 'list', '--columns', 'outcome');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('there is no column "outcome"');
    expect(stderr).toContain('Did you mean outcomes?');
  });
});
