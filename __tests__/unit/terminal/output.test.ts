import { csvField, type OutputFormat, type RowsOutput, writeRows } from '../../../src/terminal/output.ts';
import { ReaderGoneError } from '../../../src/terminal/terminal.ts';
import { type FakeTerminalOptions, fakeTerminal } from '../../support/terminal.ts';

const CAMPAIGNS = [
  { name: 'Spring Launch', code: 'SPR', active: true, start: null, id: '1' },
  { name: '春のキャンペーン', code: 'HARU', active: false, start: '2026-03-01', id: '2' },
];
const COLUMNS = ['name', 'code', 'start'];

async function printed(output: Partial<RowsOutput>, options: FakeTerminalOptions = {}): Promise<string> {
  const fake = fakeTerminal(options);
  const format = options.tty?.stdout === true ? 'table' : 'jsonl';
  await writeRows(fake.terminal, { rows: CAMPAIGNS, columns: COLUMNS, format, ...output });
  return fake.stdout();
}

describe('writeRows', () => {
  it('prints JSON Lines with every key in a pipe', async () => {
    await expect(printed({})).resolves.toBe(CAMPAIGNS.map((row) => `${JSON.stringify(row)}\n`).join(''));
  });

  it('prints a table on a terminal, wide characters in line', async () => {
    await expect(printed({}, { tty: { stdout: true }, color: false })).resolves.toBe(
      ['NAME              CODE  START', 'Spring Launch     SPR', '春のキャンペーン  HARU  2026-03-01', ''].join('\n'),
    );
  });

  it('paints the header of a table on a terminal that takes colour', async () => {
    await expect(printed({}, { tty: { stdout: true } })).resolves.toContain(
      '\u001b[1mNAME              CODE  START\u001b[22m\n',
    );
  });

  it('cuts the widest column to the width of the terminal', async () => {
    const rows = [{ name: 'A campaign whose name is longer than any terminal should be made to show', code: 'X1' }];
    const text = await printed(
      { rows, columns: ['name', 'code'] },
      { tty: { stdout: true }, columns: 30, color: false },
    );
    expect(text.split('\n')[1]).toBe('A campaign whose name i…  X1');
  });

  it('cuts nothing when the table goes to a file', async () => {
    const name = 'long '.repeat(60).trim();
    await expect(printed({ rows: [{ name }], columns: ['name'], format: 'table' })).resolves.toContain(name);
  });

  it('prints nothing for an empty table and an empty array as JSON', async () => {
    await expect(printed({ rows: [], format: 'table' })).resolves.toBe('');
    await expect(printed({ rows: [], format: 'json' })).resolves.toBe('[]\n');
  });

  it('prints what a parser reads back as JSON', async () => {
    expect(JSON.parse(await printed({ format: 'json' }))).toEqual(CAMPAIGNS);
  });

  it('prints only the chosen columns as JSON when the user named them', async () => {
    await expect(printed({ columns: ['id', 'missing'], onlyColumns: true })).resolves.toBe(
      '{"id":"1","missing":null}\n{"id":"2","missing":null}\n',
    );
  });

  it.each([['json'], ['jsonl']] as const)('writes null for what is empty as %s', async (format: OutputFormat) => {
    const text = await printed({ rows: [{ name: '', code: undefined, start: 0, end: null }], format });
    expect(JSON.parse(format === 'json' ? text.replace(/^\[|\]$/gm, '') : text)).toEqual({
      ...{ name: null, code: null, start: 0, end: null },
    });
  });

  it('prints CSV with CRLF, as RFC 4180 has it', async () => {
    await expect(printed({ format: 'csv' })).resolves.toBe(
      'name,code,start\r\nSpring Launch,SPR,\r\n春のキャンペーン,HARU,2026-03-01\r\n',
    );
  });

  it.each([['table'], ['csv'], ['json'], ['jsonl']] as const)(
    'lets no control character through to a terminal as %s',
    async (format: OutputFormat) => {
      const rows = [{ name: 'a\u001b[2J\u202eb\u0007' }];
      const text = await printed({ rows, columns: ['name'], format }, { tty: { stdout: true }, color: false });
      expect(text.replaceAll(/\r?\n/g, '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    },
  );

  it('gives the number of rows', async () => {
    const { terminal } = fakeTerminal();
    await expect(writeRows(terminal, { rows: CAMPAIGNS, columns: COLUMNS, format: 'csv' })).resolves.toBe(2);
  });

  it('asks for no more rows when the reader went away', async () => {
    const fake = fakeTerminal();
    fake.breakStdout();
    let asked = 0;
    async function* rows() {
      for (;;) {
        asked += 1;
        yield { name: 'x'.repeat(1000) };
      }
    }
    const output = { rows: rows(), columns: ['name'], format: 'jsonl' } as const;
    await expect(writeRows(fake.terminal, output)).rejects.toThrow(ReaderGoneError);
    expect(asked).toBeLessThan(100);
  });
});

describe('csvField', () => {
  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    [' edge ', '" edge "'],
    ['', ''],
  ])('writes %j as %j', (text, expected) => {
    expect(csvField(text)).toBe(expected);
  });
});
