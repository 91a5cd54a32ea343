/** What `dyncamp add` takes in: every format and encoding that people's exports come in. */
import { useCampaignCli } from '../support/campaign-cli.ts';

const cli = useCampaignCli();

/** A campaign, and what `add` tells when it is fed with this. */
async function feed(stdin: string | Uint8Array, ...options: string[]) {
  const campaign = await cli.make.campaign();
  const changed = await cli.change(['add', campaign, ...options], { stdin });
  return { ...changed, campaign };
}

const leadOf = async (email: string) => {
  const [lead] = await cli.api.rows(`leads?$filter=emailaddress1 eq '${email}'`);
  return lead;
};

it('takes an address a line from stdin, with - and without', async () => {
  await cli.make.lead({ emailaddress1: 'a@lines.example' });
  const [named, unnamed] = await Promise.all([feed('a@lines.example\n', '-'), feed('\r\n  A@Lines.example  \r\n\r\n')]);
  expect(named).toMatchObject({ code: 0, told: ['added lead a@lines.example'] });
  expect(unnamed).toMatchObject({ code: 0, told: ['added lead a@lines.example'] });
});

it('takes ids in every spelling, with and without their type', async () => {
  const [lead, contact, bare] = [await cli.make.lead(), await cli.make.contact(), await cli.make.lead()];
  const { events, code } = await feed(`lead:${lead}\nCONTACT:{${contact.toUpperCase()}}\n{${bare}}\n`, '-');
  expect(code).toBe(0);
  expect(events.map(({ subject }) => subject)).toEqual([`leads/${lead}`, `contacts/${contact}`, `leads/${bare}`]);
});

it('takes a CSV as a German Excel saves it: semicolons, byte order mark, CR LF, umlauts', async () => {
  const csv =
    '\uFEFFVorname;Last Name;E-Mail-Adresse;Company Name\r\nJörg;Müller-Lüdenscheidt;joerg@excel.example;"Bad & Wanne; GmbH"\r\nÅsa;Öst;asa@excel.example;\r\n';
  const result = await feed(csv, '-', '--map', 'Vorname=firstname', '--map', 'E-Mail-Adresse=email');
  expect(result).toMatchObject({
    code: 0,
    told: [
      'created lead joerg@excel.example',
      'added lead joerg@excel.example',
      'created lead asa@excel.example',
      'added lead asa@excel.example',
    ],
  });
  expect(await leadOf('joerg@excel.example')).toMatchObject({
    firstname: 'Jörg',
    lastname: 'Müller-Lüdenscheidt',
    companyname: 'Bad & Wanne; GmbH',
  });
});

it('takes other encodings when they are named', async () => {
  const result = await feed(
    Buffer.from('email,lastname\nlatin@encoding.example,M\u00fcller\n', 'latin1'),
    '-',
    '--encoding',
    'windows-1252',
  );
  expect(result.code).toBe(0);
  expect(await leadOf('latin@encoding.example')).toMatchObject({ lastname: 'Müller' });
});

it('takes arguments, several files and stdin together, in their order', async () => {
  for (const name of ['arg', 'one', 'two', 'pipe']) await cli.make.lead({ emailaddress1: `${name}@several.example` });
  const one = cli.file('several-1.csv', 'email\none@several.example\n');
  const two = cli.file('several-2.txt', 'two@several.example');
  const { told } = await feed('pipe@several.example\n', 'arg@several.example', '-f', one, '-f', two, '-f', '-');
  expect(told).toEqual(['arg', 'one', 'two', 'pipe'].map((name) => `added lead ${name}@several.example`));
});

it('matches on another column with --match-by', async () => {
  const lead = await cli.make.lead({ emailaddress1: 'other@match.example', mobilephone: '+49 30 1234' });
  const { events, code } = await feed('mobilephone\n+49 30 1234\n', '-', '--match-by', 'mobilephone');
  expect(code).toBe(0);
  expect(events.map(({ subject }) => subject)).toEqual([`leads/${lead}`]);
});

it('names unknown columns once, and leaves people out whom --exclude names', async () => {
  for (const name of ['in', 'out']) await cli.make.lead({ emailaddress1: `${name}@exclude.example` });
  const exclude = cli.file('exclude.txt', 'OUT@exclude.example\n');
  const campaign = await cli.make.campaign();
  const { rows, stderr } = await cli.outcomes(['add', campaign, '-', '--exclude', exclude], {
    stdin: 'email,Lieblingsfarbe\nin@exclude.example,blau\nout@exclude.example,rot\n',
  });
  expect(rows.map(({ outcome }) => outcome)).toEqual(['added', 'excluded']);
  expect(stderr.match(/Lieblingsfarbe/g)).toHaveLength(1);
  expect(rows[1]).toMatchObject({ 'in.Lieblingsfarbe': 'rot' });
});

it('says what an empty input is: nothing done, exit 0', async () => {
  const empty = cli.file('empty.csv', '');
  const results = await Promise.all([
    feed(''),
    feed('', '-f', empty),
    feed('\uFEFF\r\n\r\n'),
    feed('email,lastname\r\n'),
  ]);
  for (const { code, stdout, stderr, campaign } of results) {
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('No changes.');
    expect(await cli.ownLists(campaign)).toEqual([]);
  }
});
