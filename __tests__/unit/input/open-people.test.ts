import type { InputNotice } from '../../../src/input/notices.ts';
import { brief, read } from './read-people.ts';

const GUID = '3c6ab2f1-0000-4000-8000-00000000000a';

describe('openPeople', () => {
  it.each([
    ['nothing', '', ''],
    ['blank lines only', '\n \r\n\t\n', ''],
    ['one address without a line end', 'a@x.example', '1 a'],
    ['addresses between blank lines', '\na@x.example\r\n\r\n B@x.example \r', '2 a, 4 b'],
    [
      'ids in each spelling',
      `${GUID}\n{${GUID.toUpperCase()}}\nlead:${GUID}\nContact: {${GUID}}`,
      '1 id:a, 2 id:a, 3 lead:a, 4 contact:a',
    ],
    ['a braced id with a typo as the first line', `{${GUID.slice(0, -1)}g}\n{${GUID}}\n`, '1 BAD_GUID, 2 id:a'],
    ['an id with a typo', `${GUID.slice(0, -1)}\n${GUID}`, '1 BAD_GUID, 2 id:a'],
    ['an address without an @', 'a@x.example\nanna.example.com\nb@x.example', '1 a, 2 BAD_EMAIL, 3 b'],
    ['an account', `account:${GUID}`, '1 BAD_PERSON'],
    ['half a character at its end', Buffer.from('a@x.example\nb@x.example\n\xc3', 'latin1'), '1 a, 2 b, !BAD_ENCODING'],
    ['a NUL byte', 'a@x.example\nb\0@x.example\nc@x.example', '1 a, 2 NUL_BYTE, 3 c'],
    ['a header of one column', 'E-Mail\na@x.example', '2 a'],
    ['a header of one quoted column', '"Email Address"\n"a@x.example"', '2 a'],
    ['a comma CSV', 'Email Address,First Name\na@x.example,Anna\n', '2 a'],
    ['a semicolon CSV from Excel', '\uFEFFE-Mail;Vorname\r\nä@x.example;Änne\r\n;;\r\n', '2 ä'],
    ["Excel's separator line", 'sep=;\r\nE-Mail;Name, Vorname\r\na@x.example;x\r\n', '3 a, ~UNKNOWN_COLUMNS'],
    ['a tab CSV', 'email\tfirstname\na@x.example\tA,;B\n', '2 a'],
    ['quoted line breaks', 'email,description\na@x.example,"one\r\ntwo\nthree"\nb@x.example,x\n', '2 a, 5 b'],
    ['id columns', `leadid,contactid\n${GUID},\n,${GUID}\n${GUID},${GUID}\n,\n`, '2 lead:a, 3 contact:a, 4 TWO_IDS'],
    ['an id before an e-mail', `id,email\n${GUID},a@x.example\n,b@x.example\n`, '2 id:a, 3 b'],
    ['a row that names nobody', 'email,firstname\n,Anna\nb@x.example,Ben\n', '2 NO_ID, 3 b'],
    [
      'broken quoting inside a row',
      'email,x\na@x.example,5" pipe\nb@x.example,"a"b\nc@x.example,\n',
      '2 a, 3 BAD_QUOTES, 4 c, ~UNKNOWN_COLUMNS',
    ],
    ['an attribute twice', 'email,town,town\na@x.example,,\n', '2 a, ~COLUMN_TWICE'],
    ['an e-mail column twice', 'email,town,email\na@x.example,,\n', '!DUPLICATE_HEADER'],
    ['two headers of one meaning', 'email,Email Address\na@x.example,\n', '!DUPLICATE_HEADER'],
    [
      'JSON Lines',
      '{"email":"a@x.example","zip":1}\n\n{"Email Address":"b@x.example"}\nnonsense\n{"x":1}\n[]\n',
      '1 a, 3 b, 4 BAD_JSON, 5 NO_ID, ~UNKNOWN_COLUMNS',
    ],
    ['a JSON list', '[\n{"email":"a@x.example"}]', '2 a'],
    ['a list under a known name', '{"email":["a@x.example"]}', '1 BAD_JSON'],
    [
      'ids where the address stands, and what is none of both',
      `leadid,email\n,lead:${GUID}\n, contact:{${GUID.toUpperCase()}} \n,lead:nonsense\n`,
      '2 lead:a, 3 contact:a, 4 BAD_EMAIL',
    ],
  ])('reads %s', async (_, input, expected) => {
    expect(brief(await read(input))).toBe(expected);
  });

  it.each([
    [`${GUID.slice(0, -1)}g`, '"g" is not a hexadecimal digit'],
    [GUID.slice(1), '35 characters instead of 36'],
    [GUID.replaceAll('-', ''), 'its hyphens are missing'],
    [`leed:${GUID}`, 'only "lead:" and "contact:"'],
  ])('says what is wrong with the id %s', async (text, why) => {
    expect((await read(text)).rows).toMatchObject([{ kind: 'invalid', message: expect.stringContaining(why) }]);
  });

  it('reads arguments first, then files, and takes "-" among arguments as stdin', async () => {
    const found = await read('b@x.example\n', { people: ['a@x.example', '-', 'x'], files: [] });
    expect(found.rows.map(({ place }) => place)).toEqual([
      { source: 'arguments', line: 1, ref: 'a@x.example' },
      { source: 'arguments', line: 3, ref: 'x' },
      { source: '-', line: 1, ref: 'b@x.example' },
    ]);
  });

  it('keeps what the input says of a person under the names of Dynamics', async () => {
    const unknown: unknown[] = [];
    const { rows } = await read(
      `Email Address,id,First Name,lastName,Company,Town,Person Status\n A@X.example ,lead:${GUID},Anna, Müller ,"M, Söhne",Ulm,New\n`,
      { map: { town: 'address1_city' }, onNotice: (notice) => unknown.push(notice) },
    );
    expect(rows).toEqual([
      {
        kind: 'person',
        place: { source: '-', line: 2, ref: `lead:${GUID}` },
        key: { by: 'id', id: GUID, personType: 'lead' },
        email: 'a@x.example',
        emailText: 'A@X.example',
        attributes: {
          emailaddress1: 'A@X.example',
          firstname: 'Anna',
          lastname: 'Müller',
          companyname: 'M, Söhne',
          address1_city: 'Ulm',
        },
        columns: {
          'Email Address': ' A@X.example ',
          id: `lead:${GUID}`,
          'First Name': 'Anna',
          lastName: ' Müller ',
          Company: 'M, Söhne',
          Town: 'Ulm',
          'Person Status': 'New',
        },
      },
    ]);
    expect(unknown).toEqual([]);
  });

  it('names unknown columns once', async () => {
    const unknown: unknown[] = [];
    const onNotice = ({ message }: InputNotice) => unknown.push(message);
    await read('email,Farbe,x\na@x.example,,\nb@x.example,,\n', { onNotice });
    await read('{"email":"a@x.example","y":1}\n{"y":2,"z":3,"email":"b@x.example"}\n', { onNotice });
    expect(unknown).toEqual([
      'Ignored columns in stdin: Farbe, x.',
      'Ignored columns in stdin: y.',
      'Ignored columns in stdin: z.',
    ]);
  });

  it('names ten columns of each kind, however many there are', async () => {
    const said = async (text: string) => {
      const notices: InputNotice[] = [];
      await read(text, { onNotice: (notice) => notices.push(notice) });
      return notices.map(({ code, message }) => `${code} ${message.replace(/^stdin: /u, '')}`);
    };
    const names = Array.from({ length: 20_000 }, (_, index) => `c${index}`);
    const wide = Object.fromEntries([['email', 'a@x.example'], ...names.map((name) => [name, '1'])]);
    expect(await said(`${JSON.stringify(wide)}\n`)).toEqual([
      'UNKNOWN_COLUMNS Ignored columns in stdin: c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 19990 more.',
    ]);
    const lines = names
      .slice(0, 2000)
      .map((name) => JSON.stringify({ email: 'a@x.example', [name]: 1, [`optin${name}`]: 1 }));
    const ofLines = await said(`${lines.join('\n')}\n`);
    expect(ofLines).toHaveLength(22);
    expect(ofLines.slice(-2)).toEqual([
      'UNKNOWN_COLUMNS Ignored columns in stdin: other columns of further lines.',
      'CONSENT_NOT_USED more columns look like consent and are not used; they are not named here.',
    ]);
    const twice = [...names.slice(0, 500), ...names.slice(0, 500)];
    const ofTwice = await said(`email,${twice.join(',')}\na@x.example,${twice.map(() => '1').join(',')}\n`);
    expect(ofTwice.filter((each) => each.startsWith('COLUMN_TWICE'))).toHaveLength(11);
    expect(await said(`email,${'x'.repeat(5000)}\na@x.example,1\n`)).toEqual([
      `UNKNOWN_COLUMNS Ignored columns in stdin: ${'x'.repeat(80)}….`,
    ]);
  });

  it('pads short rows and lets over-long ones match but never create', async () => {
    const { rows } = await read('email,firstname,lastname\na@x.example\nb@x.example,B,C,GmbH\n');
    expect(rows).toMatchObject([
      { columns: { email: 'a@x.example', firstname: '', lastname: '' }, attributes: { emailaddress1: 'a@x.example' } },
      { columns: { '+1': 'GmbH' }, neverCreate: expect.stringContaining('more cells') },
    ]);
    expect(rows[0]).not.toMatchObject({ neverCreate: expect.anything() });
  });

  it('matches on the column of --match-by, in ids too, but takes an id before it', async () => {
    const csv = await read(`Id,New_Mkto Id,email,leadid\n1,17,a@x.example,\n,,b@x.example,\n,9,,${GUID}\n`, {
      matchBy: 'new_mktoid',
      map: { Id: '' },
    });
    expect(brief(csv)).toBe('2 =17, 3 NO_ID, 4 lead:a');
    expect(csv.rows[0]).toMatchObject({ attributes: { new_mktoid: '17', emailaddress1: 'a@x.example' } });
    expect(brief(await read(`17\nlead:${GUID}\n`, { matchBy: 'new_mktoid' }))).toBe('1 =17, 2 lead:a');
    expect(brief(await read('email,x\na@x.example,\n', { matchBy: 'new_mktoid' }))).toBe('!NO_ID_COLUMN');
  });

  it('takes no address from what is none beside an id', async () => {
    const { rows } = await read(`leadid,email\n${GUID},nonsense\n`);
    expect(rows).toEqual([expect.objectContaining({ kind: 'person', email: '', attributes: {} })]);
  });

  it('keeps no cells where nobody writes results', async () => {
    const { rows } = await read('email,lastname,x\na@x.example,A,1\n', { keepsCells: false });
    expect(rows).toEqual([
      expect.objectContaining({ columns: {}, attributes: expect.objectContaining({ lastname: 'A' }) }),
    ]);
  });

  it('names the input and the line of a quote that is never closed', async () => {
    const open = await read('email,city\na@x.example,1\nb@x.example,"2\nc@x.example,3');
    expect(brief(open)).toBe('2 a, !BROKEN_QUOTE');
    expect(open.error).toMatchObject({
      message: 'stdin cannot be read beyond line 3: a quote is opened and not closed.',
      hint: expect.stringContaining('line 3'),
    });
  });

  it('names file, line, byte and offset where the text is not in its encoding, after the rows before it', async () => {
    const bytes = Buffer.from('email;lastname\na@x.example;A\nb@x.example;M\xfcller\n', 'latin1');
    const found = await read([bytes.subarray(0, 43), bytes.subarray(43)]);
    expect(brief(found)).toBe('2 a, !BAD_ENCODING');
    expect(found.error).toMatchObject({
      message: 'stdin cannot be read beyond line 3: byte 0xfc at offset 42 is not UTF-8.',
      hint: expect.stringContaining('windows-1252'),
    });
    expect(brief(await read([bytes], { encoding: 'windows-1252' }))).toBe('2 a, 3 b');
  });

  it.each(['little', 'big'])('reads UTF-16 with a byte order mark, %s endian', async (endian) => {
    const bytes = Buffer.from('\uFEFFE-Mail;Last Name\r\na@x.example;Müller\r\n', 'utf16le');
    if (endian === 'big') bytes.swap16();
    const chunks = Array.from(bytes, (_byte, index) => bytes.subarray(index, index + 1));
    expect((await read(chunks)).rows).toMatchObject([{ attributes: { lastname: 'Müller' } }]);
  });

  it('takes people from added and removed events, passes others over and counts those of others', async () => {
    const event = (type: string) =>
      JSON.stringify({
        specversion: '1.0',
        id: '11111111-1111-5111-8111-111111111111',
        type,
        data: {
          person: { type: 'contact', id: GUID, email: 'A@x.example' },
          input: { source: 'p.csv', line: 9, ref: 'A@x.example' },
        },
      });
    const types = ['dyncamp.person.created', 'dyncamp.person.added', 'org.x', 'org.x', 'dyncamp.person.removed'];
    const found = await read(types.map(event).join('\n'));
    expect(brief(found)).toBe('2 contact:a, 5 contact:a, ~OTHER_EVENTS');
    expect(found.notices[0]?.message).toContain('2 events of other kinds were skipped (org.x)');
    expect(found.rows[0]).toMatchObject({
      place: { source: '-', line: 2, ref: 'A@x.example' },
      email: 'a@x.example',
      columns: { id: `contact:${GUID}`, email: 'a@x.example' },
    });
  });

  it('refuses what no input can be', async () => {
    expect(brief(await read('', { encoding: 'klingon' }))).toBe('!UNKNOWN_ENCODING');
    expect(brief(await read('', { files: ['-', '-'] }))).toBe('!STDIN_TWICE');
  });

  it.each([
    ['a list of addresses', 'a@x.example', 0, {}],
    ['columns', 'email,new_shirt\na@x.example,M\n', 1, { new_shirt: 'M' }],
    [
      'columns of a file joined on',
      'email,lastname\nb@x.example,B\nemail,new_shirt\na@x.example,M\n',
      1,
      { new_shirt: 'M' },
    ],
    ['JSON', '{"email":"a@x.example","new_shirt":"M"}', 1, { new_shirt: 'M' }],
  ])(
    'asks the organization for its columns only where input has names of columns: %s',
    async (_, input, asks, attributes) => {
      let asked = 0;
      const askDynamicsColumns = async () => {
        asked += 1;
        return new Set(['new_shirt']);
      };
      const { rows } = await read(input, { askDynamicsColumns });
      expect(asked).toBe(asks);
      expect(rows.at(-1)).toMatchObject({ key: { email: 'a@x.example' }, attributes });
    },
  );
});
