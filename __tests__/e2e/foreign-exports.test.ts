/** Exports of other tools through the built binary: a dry run says of every row what would happen, and on stderr what was not used. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { briefly, useCampaignCli } from '../support/campaign-cli.ts';

const cli = useCampaignCli();

let campaign = '';
beforeAll(async () => {
  campaign = await cli.make.campaign();
  await cli.make.lead({ emailaddress1: 'ida@export.example', lastname: 'Ims' });
  await cli.make.contact({ emailaddress1: 'jon@export.example', lastname: 'Jahn' });
});

const dryRun = (file: string, content: string | Uint8Array, ...more: string[]) =>
  cli.outcomes(['add', campaign, '-f', cli.file(file, content), '--dry-run', ...more]);

it.each([
  [
    'a Zoom report',
    'Attendee Report\nTopic,Webinar ID\nTea,811\nAttendee Details\nAttended,First Name,Last Name,Email\nYes,Ida,Ims,ida@export.example\nNo,New,Neu,new@export.example\n',
    ['6 added', '7 added'],
    /the header is line 5; the lines before it were skipped: "Attendee Report"/,
  ],
  [
    'a Salesforce report',
    '"First Name","Last Name","Email","Lead ID","Email Opt Out"\n"Ida","Ims","ida@export.example","00Q7Q00000ZyXwVUAV","0"\n"","","nobody@export.example","00Q7Q00000ZyXwVUAV","0"\n\n"Tea people"\n"Confidential"\n',
    ['2 added', '3 cannot-create NO_LAST_NAME'],
    /"Email Opt Out" looks like consent[\s\S]*"00Q7Q00000ZyXwVUAV" is not a Dynamics id[\s\S]*not part of a table: lines 5, 6/,
  ],
  [
    'two files that were joined',
    '\uFEFF"email";"last name"\r\n"ida@export.example";"Ims"\r\n\uFEFF"email";"last name"\r\n"jon@export.example";"Jahn"\r\n',
    ['2 added', '4 added'],
    /Would be: Added 2\./,
  ],
])('%s', async (name, content, expected, said) => {
  const { rows, stderr, stdout } = await dryRun(`${name.replaceAll(/\W+/g, '-')}.csv`, content);
  expect(rows.map(briefly)).toEqual(expected);
  for (const row of rows) expect(row.dryRun).toBe(true);
  expect(stderr).toMatch(said);
  expect(stdout).toBe('');
});

it('a file that is compressed, and one to exclude', async () => {
  const people = gzipSync('email,last name\nida@export.example,Ims\njon@export.example,Jahn\n');
  const exclude = cli.file('exclude.csv.gz', gzipSync('Report\nMail;Name\njon@export.example;Jahn\n'));
  const { rows } = await dryRun('people.csv.gz', people, '--exclude', exclude);
  expect(rows.map(briefly)).toEqual(['2 added', '3 excluded']);
});

it('a workbook is named as one, with what to do', async () => {
  const workbook = Buffer.from('PK\u0003\u0004'.padEnd(30, '\0') + '[Content_Types].xml'.padEnd(40), 'latin1');
  const { code, stderr } = await dryRun('people.xlsx', workbook);
  expect(code).toBe(65);
  expect(stderr).toMatch(/people\.xlsx cannot be read: it is a workbook/);
  expect(stderr).toMatch(/Hint: .*CSV UTF-8/);
});

it('results that Excel saved again go where the summary of their run points', async () => {
  const first = cli.file('first.csv', 'email,last name\nida@export.example,Ims\nlater@export.example,\n');
  const results = `${first}.results.csv`;
  await cli.run(['add', campaign, '-f', first, '--results', results]);
  const saved = readFileSync(results, 'utf8').replaceAll(',', ';');
  const { rows } = await dryRun('saved.csv', `\uFEFF${saved}`, '--only-failed');
  expect(rows.map(({ ref, outcome }) => [ref, outcome])).toEqual([['later@export.example', 'cannot-create']]);
});
