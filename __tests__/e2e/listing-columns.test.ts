/** `--columns` means the same in every listing command. */
import { type CliHome, createHome, jsonLines, runCli } from '../support/run-cli.ts';

describe('--columns', () => {
  let home: CliHome;
  beforeAll(async () => {
    home = createHome();
    await runCli(
      [
        '--profile',
        'emulator',
        'add',
        'Spring Launch',
        'anna.arendt@nordlicht.example',
        'lena.lorenz@rheintal.example',
      ],
      {
        home,
      },
    );
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
  ])('of %s gives these columns in this order, in every format', async (command, columns) => {
    const words = command.match(/"[^"]+"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? [];
    const list = (...more: string[]) => run(...words, '--columns', columns.join(',').toUpperCase(), ...more);
    const [lines, json, csv, table] = await Promise.all([
      list(),
      list('--json'),
      list('-o', 'csv'),
      list('-o', 'table'),
    ]);
    const rows = jsonLines(lines?.stdout ?? '');
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(Object.keys(row)).toEqual(columns);
    expect(JSON.parse(json?.stdout ?? '')).toEqual(rows);
    expect(csv?.stdout.split('\r\n')[0]).toBe(columns.join(','));
    const titles = table?.stdout
      .split('\n')[0]
      ?.split(/ {2,}/)
      .map((title) => title.replaceAll(' ', ''));
    expect(titles).toEqual(columns.map((column) => column.toUpperCase()));
  });

  it.each([
    ['campaigns list', 'staus', 'status'],
    ['members find anna.arendt@nordlicht.example', 'campain', 'campaign'],
    ['runs list', 'outcome', 'outcomes'],
    ['events list', 'emial', 'email'],
    ['profiles list', 'nmae', 'name'],
  ])('of %s says what was probably meant by %s', async (command, mistyped, meant) => {
    const { code, stdout, stderr } = await run(...command.split(' '), '--columns', mistyped);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`there is no column "${mistyped}"`);
    expect(stderr).toContain(`Did you mean ${meant}?`);
  });
});
