import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { openPeople } from '../../../../src/input/open-people.ts';
import type { Outcome } from '../../../../src/input/outcome.ts';
import { csvLine, openResults, padRecords } from '../../../../src/run/results/open-results.ts';
import { openReport } from '../../../../src/run/results/report-file.ts';

const HEADER =
  'source,line,ref,outcome,kind,personType,personId,created,listMemberId,addedBy,code,message,requestId,dryRun,command,campaignId,organizationId';
const ORIGIN = { command: 'add' as const, campaignId: 'C1', organizationId: 'O1' };
const place = (line: number, ref: string) => ({ source: 'p.csv', line, ref });
const outcome = (line: number, columns: Record<string, string> = {}): Outcome => ({
  outcome: 'not-found',
  place: place(line, `p${line}@x.example`),
  columns,
});

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dyncamp-results-'));
  path = join(folder, 'results.csv');
});
afterEach(() => rm(folder, { recursive: true }));

async function writeAll(outcomes: readonly Outcome[], to = path): Promise<string> {
  const results = await openResults(to);
  for (const each of outcomes) await results.write(each, ORIGIN);
  await results.finish();
  return readFile(to, 'utf8');
}

describe('openResults', () => {
  it('writes every column of an outcome and the own columns of the input', async () => {
    const full: Outcome = {
      outcome: 'added',
      place: place(2, 'a@x.example'),
      columns: { Email: 'a@x.example', Firma: 'Müller, "Söhne"\n=1+1', Plus: '=cmd' },
      personType: 'lead',
      personId: 'P',
      created: true,
      listMemberId: 'M',
      addedBy: 'Ann',
      code: 'C',
      message: 'said, "so"',
      requestId: 'R',
      dryRun: true,
    };
    expect(await writeAll([full, { ...outcome(3), columns: full.columns, created: false }])).toBe(
      `${HEADER},in.Email,in.Firma,in.Plus\r\n` +
        'p.csv,2,a@x.example,added,done,lead,P,true,M,Ann,C,"said, ""so""",R,true,add,C1,O1,a@x.example,"Müller, ""Söhne""\n=1+1",=cmd\r\n' +
        'p.csv,3,p3@x.example,not-found,failed,,,false,,,,,,,add,C1,O1,a@x.example,"Müller, ""Söhne""\n=1+1",=cmd\r\n',
    );
  });

  it('writes JSON Lines under the same names, without what is not known', async () => {
    const text = await writeAll([outcome(1, { email: 'a@x.example' }), outcome(2)], join(folder, 'r.jsonl'));
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        source: 'p.csv',
        line: 1,
        ref: 'p1@x.example',
        outcome: 'not-found',
        kind: 'failed',
        ...ORIGIN,
        'in.email': 'a@x.example',
      },
      { source: 'p.csv', line: 2, ref: 'p2@x.example', outcome: 'not-found', kind: 'failed', ...ORIGIN },
    ]);
  });

  it('gives all rows the columns that only later rows have', async () => {
    const text = await writeAll([outcome(1), outcome(2, { a: 'x\r\ny,' }), outcome(3, { b: '"', a: '' })]);
    const rows: string[][] = parse(text);
    expect(rows[0]?.slice(-3)).toEqual(['organizationId', 'in.a', 'in.b']);
    expect(rows.map((row) => row.length)).toEqual([19, 19, 19, 19]);
    expect(rows.slice(1).map((row) => row.slice(-2))).toEqual([
      ['', ''],
      ['x\r\ny,', ''],
      ['', '"'],
    ]);
    expect(await readdir(folder)).toEqual(['results.csv']);
  });

  it('writes a header for no rows', async () => {
    expect(await writeAll([])).toBe(`${HEADER}\r\n`);
  });

  it('shows nothing under its name before it is finished, and to its owner only then', async () => {
    await writeFile(path, 'old');
    const results = await openResults(path);
    for (let line = 1; line < 2000; line += 1) await results.write(outcome(line, { x: 'y'.repeat(50) }), ORIGIN);
    expect(await readFile(path, 'utf8')).toBe('old');
    await results.finish();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readFile(path, 'utf8')).split('\r\n')).toHaveLength(2001);
  });

  it('leaves nothing behind when it is abandoned', async () => {
    const results = await openResults(path);
    await results.write(outcome(1), ORIGIN);
    await results.abandon();
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['another extension', 'results.txt', 'RESULTS_FORMAT'],
    ['a missing folder', 'none/results.csv', 'FILE_UNWRITABLE'],
    ['a directory of that name', 'd.csv', 'FILE_UNWRITABLE'],
  ])('refuses %s before anything is done', async (_, name, code) => {
    await writeFile(join(folder, 'file'), '');
    await mkdir(join(folder, 'd.csv'));
    await expect(openResults(join(folder, name))).rejects.toMatchObject({ code, category: 'usage' });
  });

  it('writes what --only-failed reads back as the same rows', async () => {
    const input = 'E-Mail;Firma\r\na@x.example;"M; ""S""\nx"\r\nb@x.example;B;C\r\n';
    const original = [];
    for await (const rows of openPeople({ files: ['-'], stdin: Readable.from([Buffer.from(input)]) }))
      original.push(...rows);
    await writeAll(original.map((row) => ({ outcome: 'not-reached', place: row.place, columns: row.columns })));
    const again = [];
    for await (const rows of openPeople({ files: [path], onlyFailed: true })) again.push(...rows);
    expect(again.map((row) => ({ ...row, place: row.place.ref }))).toEqual(
      original.map((row) => ({ ...row, place: row.place.ref })),
    );
  });
});

describe('padRecords', () => {
  it('pads any records in any pieces', async () => {
    const rows = fc.array(
      fc.array(fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', 'a') }), { minLength: 1, maxLength: 3 }),
      {
        minLength: 1,
      },
    );
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 9 }), async (records, step) => {
        const sorted = records.toSorted((a, b) => a.length - b.length);
        const growths = sorted.map((record, fromRecord) => ({ fromRecord, cells: record.length }));
        const text = sorted.map(csvLine).join('');
        const pieces = text.match(new RegExp(`[^]{1,${step}}`, 'g')) ?? [];
        let padded = '';
        for await (const part of padRecords(Readable.from(pieces), growths)) padded += part;
        const width = sorted.at(-1)?.length ?? 0;
        expect(padded).toBe(
          sorted.map((record) => csvLine([...record, ...Array<string>(width - record.length).fill('')])).join(''),
        );
      }),
    );
  });
});

describe('openReport', () => {
  it('writes the summary as JSON for its owner', async () => {
    const to = join(folder, 'report.json');
    const withVersion = async (summary: object) => ({ version: '1', ...summary });
    await (await openReport(to, withVersion)).write({ counts: { added: 3 } });
    expect(JSON.parse(await readFile(to, 'utf8'))).toEqual({ version: '1', counts: { added: 3 } });
    expect((await stat(to)).mode & 0o777).toBe(0o600);
    await expect(openReport(join(folder, 'none/report.json'), withVersion)).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
    });
  });
});
