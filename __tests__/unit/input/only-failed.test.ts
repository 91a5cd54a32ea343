import { Readable } from 'node:stream';
import fc from 'fast-check';
import { readExclusions } from '../../../src/input/exclusions.ts';
import type { InputRow } from '../../../src/input/input-row.ts';
import { openPeople, type PeopleOptions } from '../../../src/input/open-people.ts';

const GUID = '3c6ab2f1-0000-4000-8000-00000000000a';
const HEADER =
  'source,line,ref,outcome,kind,personType,personId,created,listMemberId,addedBy,code,message,requestId,dryRun';

const stdinOf = (text: string) => ({ files: ['-'], stdin: Readable.from([Buffer.from(text)]) });

async function readFailed(text: string, options: PeopleOptions = {}): Promise<InputRow[]> {
  const rows: InputRow[] = [];
  for await (const group of openPeople({ ...stdinOf(text), onlyFailed: true, ...options })) rows.push(...group);
  return rows;
}

describe('openPeople with onlyFailed', () => {
  it('takes the rows of a CSV that failed, were not attempted or are not confirmed, as the rows that they were', async () => {
    const text = [
      `${HEADER},in.Mail,in.First Name,in.+1`,
      'p.csv,2,a@x.example,added,done,lead,,true,,,,,,,a@x.example,Anna,',
      'p.csv,3,B@x.example,cannot-create,failed,,,,,,NO_LAST_NAME,"no, last name",,,B@x.example,Ben,',
      'p.csv,4,c@x.example,not-reached,open,,,,,,,,,,c@x.example,Cy,GmbH',
      'p.csv,5,d@x.example,unconfirmed,open,,,,,,,,,,d@x.example,Di,',
      'p.csv,6,e@x.example,already-member,skipped,,,,,,,,,,e@x.example,Ed,',
      'arguments,1,lead:nonsense,invalid,failed,,,,,,BAD_GUID,,,,,,',
    ].join('\n');
    const rows = await readFailed(text, { map: { mail: 'email' } });
    expect(rows).toMatchObject([
      {
        kind: 'person',
        place: { source: '-', line: 3, ref: 'B@x.example' },
        key: { by: 'email', email: 'b@x.example' },
        attributes: { emailaddress1: 'B@x.example', firstname: 'Ben' },
        columns: { Mail: 'B@x.example', 'First Name': 'Ben' },
      },
      { place: { line: 4 }, columns: { '+1': 'GmbH' }, neverCreate: expect.any(String) },
      { place: { line: 5, ref: 'd@x.example' } },
      { kind: 'invalid', place: { line: 7, ref: 'lead:nonsense' }, code: 'BAD_GUID' },
    ]);
    expect(rows[0]).not.toMatchObject({ neverCreate: expect.anything() });
  });

  it('reads the columns that begin with in., and says where ref was changed in their place', async () => {
    const header = `${HEADER},in.Email,in.First Name`;
    const about = async (outcome: string, ref: string, email: string) => {
      const notices: string[] = [];
      const text = `${header}\np.csv,2,${ref},${outcome},failed,,,,,,,,,,${email},Anna\n`;
      const [row] = await readFailed(text, { onNotice: ({ code }) => notices.push(code) });
      return [row?.kind, ...notices];
    };
    const address = 'a@x.example';
    // Nothing was changed, however it was written or saved.
    expect(await about('not-found', address, address)).toEqual(['person']);
    expect(await about('not-found', address, ' A@x.example ')).toEqual(['person']);
    expect(await about('not-found', address, '"=""a@x.example"""')).toEqual(['person']);
    expect(await about('invalid', `${'n'.repeat(80)}…`, 'n'.repeat(90))).toEqual(['invalid']);
    expect(await about('cannot-create', '', address)).toEqual(['person']);
    // As it is meant: what stood there shows in ref.
    expect(await about('invalid', 'nobody', address)).toEqual(['person']);
    expect(await about('ambiguous', address, `contact:${GUID}`)).toEqual(['person']);
    // Which of them was changed, nobody can tell.
    expect(await about('not-found', 'anna@x.example', address)).toEqual(['person', 'RESULTS_REF_NOT_READ']);
    // Only ref can have been changed.
    for (const [outcome, ref, email] of [
      ['invalid', address, 'nobody'],
      ['ambiguous', `contact:${GUID}`, address],
    ] as const)
      await expect(about(outcome, ref, email)).rejects.toMatchObject({
        code: 'RESULTS_REF_CHANGED',
        message: 'stdin, line 2: "ref" was changed, and it is not read where there are columns that begin with "in.".',
        hint: expect.stringContaining('"in.Email"'),
      });
  });

  it('takes no ref that it wrote itself for a changed one', async () => {
    const parts = [
      ...['a@x.example', 'contact:', GUID, GUID.toUpperCase(), 'null', 'n'.repeat(90)],
      ...['="', '"', "'", '=', ' ', '\u{200B}', '<', ';'],
    ];
    const cell = fc.array(fc.constantFrom(...parts), { maxLength: 4 }).map((some) => some.join(''));
    const outcomes = fc.constantFrom('not-found', 'ambiguous', 'invalid');
    await fc.assert(
      fc.asyncProperty(cell, cell, outcomes, async (id, email, outcome) => {
        const given = stdinOf(JSON.stringify({ id, email }));
        for await (const [row] of openPeople(given)) {
          if (row === undefined) continue;
          const own = Object.entries(row.columns).map(([name, text]) => [`in.${name}`, text]);
          const line = { ref: row.place.ref, outcome, kind: 'failed', ...Object.fromEntries(own) };
          const codes: string[] = [];
          const again = await readFailed(JSON.stringify(line), { onNotice: ({ code }) => codes.push(code) });
          expect(again).toMatchObject([{ kind: row.kind, place: { ref: row.place.ref } }]);
          expect(codes).not.toContain('RESULTS_REF_NOT_READ');
        }
      }),
    );
  });

  it('takes them from JSON Lines too', async () => {
    const lines = [
      { source: '-', line: 1, ref: 'a@x.example', outcome: 'not-found', kind: 'failed' },
      { source: '-', line: 2, ref: 'b@x.example', outcome: 'added', kind: 'done' },
      { source: '-', line: 3, ref: 'c@x.example', outcome: 'forbidden', kind: 'failed', 'in.id': `contact:${GUID}` },
    ];
    expect(await readFailed(lines.map((line) => JSON.stringify(line)).join('\n'))).toMatchObject([
      { place: { line: 1, ref: 'a@x.example' }, key: { by: 'email' } },
      { place: { line: 3, ref: 'c@x.example' }, key: { by: 'id', id: GUID, personType: 'contact' } },
    ]);
  });

  it('takes what `runs show --failed` printed only where nobody has to be created', async () => {
    const shown =
      'source,line,ref,outcome,code,message,command,campaignId,organizationId,run\np.csv,3,a@x.example,not-found,,,add,c,o,r\n';
    const wantedOrigin = { command: 'add', organizationId: 'o', campaignId: 'c' };
    expect(await readFailed(shown, { wantedOrigin })).toMatchObject([
      { kind: 'person', place: { ref: 'a@x.example' } },
    ]);
    await expect(readFailed(shown, { wantedOrigin: { ...wantedOrigin, mayCreate: true } })).rejects.toMatchObject({
      code: 'RESULTS_WITHOUT_COLUMNS',
      hint: expect.stringContaining('the file that --results wrote'),
    });
    const written = shown.replace(',run\n', ',kind\n').replace(',r\n', ',failed\n');
    expect(await readFailed(written, { wantedOrigin: { ...wantedOrigin, mayCreate: true } })).toHaveLength(1);
  });

  it('knows outcomes however a program wrote them, and passes over none that it does not know', async () => {
    const row = (outcome: string) => `${HEADER}\np.csv,2,a@x.example,${outcome},failed,,,,,,,,,\n`;
    expect(await readFailed(row(' Not-Found '))).toMatchObject([{ place: { ref: 'a@x.example' } }]);
    expect(await readFailed(row(''))).toEqual([]);
    for (const outcome of ['nicht gefunden', 'constructor'])
      await expect(readFailed(row(outcome))).rejects.toMatchObject({
        code: 'NO_RESULTS',
        message: `stdin, line 2: "${outcome}" is not an outcome.`,
      });
  });

  it('refuses a file that is no results file', async () => {
    await expect(readFailed('email,firstname\na@x.example,Anna\n')).rejects.toMatchObject({ code: 'NO_RESULTS' });
    await expect(readFailed('{"email":"a@x.example"}\n')).rejects.toMatchObject({ code: 'NO_RESULTS' });
  });
});

describe('readExclusions', () => {
  it('leaves people out by id and by e-mail, before and after they were found', async () => {
    const excluded = await readExclusions(stdinOf(`id,email\n{${GUID.toUpperCase()}},\n,A@X.example\n`));
    const row = { kind: 'person', place: { source: '-', line: 1, ref: '' }, attributes: {}, columns: {} } as const;
    const other = GUID.replace('3', '4');
    expect(excluded.excludesRow({ ...row, key: { by: 'id', id: GUID, personType: 'lead' }, email: '' })).toBe(true);
    expect(excluded.excludesRow({ ...row, key: { by: 'email', email: 'a@x.example' }, email: 'a@x.example' })).toBe(
      true,
    );
    expect(excluded.excludesRow({ ...row, key: { by: 'id', id: other }, email: '' })).toBe(false);
    expect(excluded.excludesRecord({ id: other, email: 'a@x.EXAMPLE ' })).toBe(true);
    expect(excluded.excludesRecord({ id: GUID })).toBe(true);
    expect(excluded.excludesRecord({ id: other, email: 'b@x.example' })).toBe(false);
  });

  it('stops at a line that does not say who is left out', async () => {
    await expect(readExclusions(stdinOf('a@x.example\nanna\n'))).rejects.toMatchObject({
      code: 'BAD_EXCLUSION',
      message: expect.stringContaining('line 2'),
    });
  });
});
