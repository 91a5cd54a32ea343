/** Bad input of every kind: a clear answer with file and line, and the good lines around it are done. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { briefly, useCampaignCli } from '../support/campaign-cli.ts';

const cli = useCampaignCli();

const newPerson = (name: string): string => `${name}@bad.example,${name}\n`;
const tenMegabytes = 'x'.repeat(10 * 1024 * 1024);

describe('input that cannot be read on: what came before is done, exit 65', () => {
  it.each([
    [
      'a Latin-1 byte in UTF-8',
      Buffer.concat([
        Buffer.from(`email,lastname\n${newPerson('latin-1')}latin-2@bad.example,M`),
        Buffer.from([0xfc]),
        Buffer.from(`ller\n${newPerson('latin-3')}`),
      ]),
      { done: ['latin-1@bad.example'], line: 3, hint: /--encoding windows-1252/ },
    ],
    ['a header without a column that names people', 'Vorname,Nachname\nA,B\n', { done: [], line: 1, hint: /--map/ }],
    ['an e-mail twice', 'email,E-Mail,lastname\na@b.example,c@b.example,C\n', { done: [], line: 1, hint: /--map/ }],
  ])('%s', async (name, content, { done, line, hint }) => {
    const campaign = await cli.make.campaign();
    const path = cli.file(`${name.replaceAll(/\W+/g, '-')}.csv`, content);
    const { code, stderr, told } = await cli.change(['add', campaign, '-f', path]);
    expect(code).toBe(65);
    expect(stderr).toContain(path);
    expect(stderr).toMatch(new RegExp(`line ${line}\\b`));
    expect(stderr).toMatch(new RegExp(`Hint: .*${hint.source}`, hint.flags));
    expect(/\b\d+ (people|person) in/.test(stderr)).toBe(done.length > 0);
    expect(told).toEqual(done.flatMap((email) => [`created lead ${email}`, `added lead ${email}`]));
    expect(await cli.peopleIn(campaign)).toEqual(done);
  });

  it.each([
    ['a file that is not there', () => join(cli.home().directory, 'none.csv'), 'there is no such file'],
    ['a directory', () => cli.home().directory, 'it is a directory'],
  ])('%s stops before anything is asked of Dynamics', async (_name, path, why) => {
    const good = cli.file('good.txt', 'good@bad.example\n');
    const result = await cli.change(['add', 'Spring Launch', '-f', good, '-f', path()]);
    expect(result).toMatchObject({ code: 65, stdout: '' });
    expect(result.stderr).toContain(`Could not read ${path()}: ${why}`);
    expect(result.stderr).toContain('Hint: ');
    expect(cli.api.emulator().requests()).toEqual([]);
  });

  it('a file named by --exclude that is a directory stops as well', async () => {
    const folder = join(cli.home().directory, 'folder');
    mkdirSync(folder);
    const result = await cli.change(['add', 'Spring Launch', 'a@bad.example', '--exclude', folder]);
    expect(result).toMatchObject({ code: 65, stdout: '' });
    expect(cli.api.emulator().requests()).toEqual([]);
  });
});

describe('a bad line: an outcome with its number, and all the others are done', () => {
  it('among good ones, of every kind', async () => {
    const kinds = [
      ['a line of 10 MB', tenMegabytes, 'LINE_TOO_LONG'],
      ['10 MB in a cell', `a@b.example,"${tenMegabytes}"`, 'LINE_TOO_LONG'],
      ['a NUL byte', 'nul\0@bad.example,N', 'NUL_BYTE'],
      ['an e-mail without @', 'kim.bad.example,Kim', 'BAD_EMAIL'],
      ['two e-mails in one cell', 'kim@bad.example; kit@bad.example,Kim', 'BAD_EMAIL'],
      ['no e-mail', ',Kim', 'NO_ID'],
      ['text behind a closing quote', '"kim"x@bad.example,Kim', 'BAD_QUOTES'],
    ] as const;
    const campaign = await cli.make.campaign();
    const lines = kinds.map(([, line], number) => `${line}\n${newPerson(`good-${number}`)}`);
    const path = cli.file('bad-lines.csv', `email,lastname\n${lines.join('')}`);
    const { code, rows, told, stderr } = await cli.outcomes(['add', campaign, '-f', path]);
    const expected = kinds.flatMap(([, , problem], number) => [
      `${2 * number + 2} invalid ${problem}`,
      `${2 * number + 3} added`,
    ]);
    expect(rows.map(briefly)).toEqual(expected);
    for (const row of rows) expect(row.source).toBe(path);
    for (const row of rows.filter(({ outcome }) => outcome === 'invalid')) expect(row.message).toMatch(/\w+ .*\.$/);
    expect(code).toBe(68);
    expect(told.filter((text) => text.startsWith('added'))).toHaveLength(kinds.length);
    expect(stderr).toContain(`${kinds.length} of ${2 * kinds.length} people failed`);
  });

  it('a value that a --match-by column cannot hold', async () => {
    const campaign = await cli.make.campaign();
    await cli.make.lead({ numberofemployees: 70_471 });
    const stdin = 'numberofemployees\nseventy\n70471\n';
    const { code, rows } = await cli.outcomes(['add', campaign, '-', '--match-by', 'numberofemployees'], { stdin });
    expect(rows.map(briefly)).toEqual(['2 invalid BAD_MATCH_VALUE', '3 added']);
    expect(rows[0]?.message).toContain('"seventy" is not ');
    expect(code).toBe(68);
  });

  it('the same person five times in three spellings is added once', async () => {
    const campaign = await cli.make.campaign();
    const lead = await cli.make.lead({ emailaddress1: 'five@bad.example' });
    const stdin = `five@bad.example\nFIVE@Bad.Example\nlead:${lead}\n{${lead.toUpperCase()}}\nfive@bad.example\n`;
    const { code, rows, told } = await cli.outcomes(['add', campaign, '-'], { stdin });
    expect(told).toEqual(['added lead five@bad.example']);
    expect(rows.map(({ outcome }) => outcome)).toEqual(['added', ...Array(4).fill('duplicate-input')]);
    expect(code).toBe(0);
    expect(await cli.peopleIn(campaign)).toEqual(['five@bad.example']);
  });

  it('the same new person three times is created once', async () => {
    const campaign = await cli.make.campaign();
    const stdin = 'email,lastname\nthrice@bad.example,A\nThrice@Bad.example,B\n thrice@bad.example ,C\n';
    const { told } = await cli.outcomes(['add', campaign, '-', '--batch-size', '1'], { stdin });
    expect(told).toEqual(['created lead thrice@bad.example', 'added lead thrice@bad.example']);
    expect(await cli.api.rows(`leads?$filter=emailaddress1 eq 'thrice@bad.example'`)).toHaveLength(1);
  });
});
