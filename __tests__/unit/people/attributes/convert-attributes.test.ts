import { findMarketoColumn, MARKETO_COLUMNS } from '../../../../src/input/marketo-columns.ts';
import {
  checkDefaults,
  checkMapped,
  columnsForTable,
  convertAttributes,
  settableColumns,
} from '../../../../src/people/attributes/convert-attributes.ts';
import { leadTable } from './columns.ts';

const GUID = '3c6ab2f1-0000-4000-8000-00000000000a';
const PERSON = { lastname: 'Müller', emailaddress1: 'A@x.example' };

describe('convertAttributes', () => {
  it.each([
    ['text', { description: ' two\nlines ' }, { description: 'two\nlines' }],
    ['nothing for blank text', { companyname: '  ' }, {}],
    ['a choice by label, in any case and language', { leadsourcecode: 'WERBUNG' }, { leadsourcecode: 1 }],
    ['a choice by number', { leadsourcecode: '8' }, { leadsourcecode: 8 }],
    ['a yes in the words of the column', { donotbulkemail: 'do not allow' }, { donotbulkemail: true }],
    ['a no in the words of the column', { donotbulkemail: 'Nein' }, { donotbulkemail: false }],
    ['a yes in common words', { donotbulkemail: 'YES' }, { donotbulkemail: true }],
    ['a no as a number', { donotbulkemail: '0' }, { donotbulkemail: false }],
    ['a number', { revenue: '-1234.50' }, { revenue: -1234.5 }],
    ['a whole number', { numberofemployees: '+12' }, { numberofemployees: 12 }],
    ['a date', { estimatedclosedate: '2028-02-29' }, { estimatedclosedate: '2028-02-29' }],
    ['a moment', { lastonholdtime: '2026-11-21T10:00:00+01:00' }, { lastonholdtime: '2026-11-21T09:00:00.000Z' }],
    ['a moment of a day', { lastonholdtime: '2026-11-21' }, { lastonholdtime: '2026-11-21T00:00:00Z' }],
    ['an id', { new_key: `{${GUID.toUpperCase()}}` }, { new_key: GUID }],
    ['a lookup by id', { campaignid: GUID }, { 'campaignid@odata.bind': `/campaigns(${GUID})` }],
    ['a typed lookup', { customerid: `Contact:${GUID}` }, { 'customerid_contact@odata.bind': `/contacts(${GUID})` }],
    ["nothing for Marketo's own columns where they do not exist", { mkt_priority: '3' }, {}],
    ['nothing for what only contacts have', { mkt_leadscore: '3' }, {}],
  ])('takes %s', (_, raw, values) => {
    expect(convertAttributes(leadTable(), { ...PERSON, ...raw })).toEqual({
      ok: true,
      values: { ...PERSON, ...values },
    });
  });

  it.each([
    ['a person without a last name', { lastname: ' ' }, 'NO_LAST_NAME', 'last name'],
    ['a person without an e-mail', { emailaddress1: '' }, 'NO_EMAIL', 'e-mail'],
    ['a long text', { lastname: 'x'.repeat(51) }, 'TOO_LONG', 'lastname takes 50 characters at most; the value has 51'],
    ['an unknown label, naming all', { leadsourcecode: 'Fair' }, 'UNKNOWN_OPTION', '"Advertisement" (1), "Web" (8)'],
    ['a label of two options', { leadsourcecode: 'Web' }, 'UNKNOWN_OPTION', 'several'],
    ['a number that is the label of another option', { leadsourcecode: '1' }, 'UNKNOWN_OPTION', 'several'],
    ['an unknown consent', { donotbulkemail: 'maybe' }, 'BAD_BOOLEAN', '"Do Not Allow"'],
    ['a consent that means both', { new_mayemail: 'yes' }, 'BAD_BOOLEAN', 'both'],
    ['a comma in a number', { revenue: '1,5' }, 'BAD_NUMBER', 'write a point'],
    ['a number that would lose digits', { revenue: '1234567890123456.5' }, 'BAD_NUMBER', 'not a number'],
    ['a broken whole number', { numberofemployees: '1.5' }, 'BAD_NUMBER', 'not a whole number'],
    ['a whole number out of range', { numberofemployees: '2147483648' }, 'BAD_NUMBER', 'not a whole number'],
    ['a day that does not exist', { estimatedclosedate: '2026-02-29' }, 'BAD_DATE', '2026-11-21'],
    ['a moment without a zone', { lastonholdtime: '2026-11-21 09:00' }, 'BAD_DATE', 'time zone'],
    ['an hour that does not exist', { lastonholdtime: '2026-11-21T25:00Z' }, 'BAD_DATE', 'not a time'],
    ['a lookup by name', { campaignid: 'Spring' }, 'BAD_LOOKUP', 'by id'],
    ['a lookup to a table it does not point to', { campaignid: `lead:${GUID}` }, 'BAD_LOOKUP', 'campaign'],
    ['a lookup of two tables', { customerid: GUID }, 'BAD_LOOKUP', 'account or contact. Give it as table:id'],
    ['no id', { new_key: 'x' }, 'BAD_GUID', 'new_key'],
    ['an unknown column, with the nearest', { companynam: 'X' }, 'UNKNOWN_COLUMN', 'Did you mean companyname?'],
    ['a column that Dynamics sets', { fullname: 'X' }, 'READ_ONLY_COLUMN', 'fullname'],
    ['the state of a new person', { statuscode: '2' }, 'READ_ONLY_COLUMN', 'statuscode'],
    ['a type that no text stands for', { entityimage: 'X' }, 'UNSUPPORTED_COLUMN', 'Virtual'],
  ])('refuses %s', (_, raw, code, message) => {
    expect(convertAttributes(leadTable(), { ...PERSON, ...raw })).toEqual({
      ok: false,
      code,
      message: expect.stringContaining(message),
    });
  });

  it('names what the organization requires besides', () => {
    const required = { type: { kind: 'text', maxLength: 10 }, creatable: true, required: true } as const;
    const table = leadTable([
      ['new_a', { name: 'new_a', ...required }],
      ['new_b', { name: 'new_b', ...required }],
    ]);
    expect(convertAttributes(table, { ...PERSON, new_a: 'x' })).toMatchObject({
      code: 'REQUIRED_MISSING',
      message: 'A lead needs a value for new_b in this organization.',
    });
    expect(convertAttributes(table, { ...PERSON, new_a: 'x', new_b: 'y' })).toMatchObject({ ok: true });
  });

  it('leaves out what contacts do not have', () => {
    const table = { ...leadTable(), table: 'contact' } as const;
    expect(convertAttributes(table, { ...PERSON, companyname: 'X', revenue: 'nonsense' })).toEqual({
      ok: true,
      values: PERSON,
    });
  });
});

describe('settableColumns', () => {
  it('leaves out what no input can set', () => {
    const columns = settableColumns(leadTable());
    expect(columns.has('new_key')).toBe(true);
    expect(['fullname', 'statuscode', 'entityimage'].filter((name) => columns.has(name))).toEqual([]);
  });
});

describe('columnsForTable', () => {
  it('renames and leaves out by table', () => {
    const raw = { lastname: 'M', companyname: 'X', mkt_leadscore: '7', new_own: '1' };
    expect(columnsForTable('lead', raw)).toEqual({
      values: { lastname: 'M', companyname: 'X', new_own: '1' },
      leftOut: ['mkt_leadscore'],
    });
    expect(columnsForTable('contact', raw)).toEqual({
      values: { lastname: 'M', mkt_leadscore: '7', new_own: '1' },
      leftOut: ['companyname'],
    });
  });
});

describe('checkMapped', () => {
  it('takes columns that can be filled, and those of Marketo in every organization', () => {
    expect(() => checkMapped(leadTable(), ['CompanyName', 'mkt_score'])).not.toThrow();
  });

  it.each([
    ['companynam', /no column "companynam"\. Did you mean companyname\?/],
    ['fullname', /fullname of lead is set by Dynamics/],
  ])('refuses %s', (name, message) => {
    const thrown = expect.objectContaining({ code: 'UNKNOWN_COLUMN', message: expect.stringMatching(message) });
    expect(() => checkMapped(leadTable(), [name])).toThrow(thrown);
  });
});

describe('checkDefaults', () => {
  it('refuses a default that no person could be created with, as a usage error', () => {
    expect(() => checkDefaults(leadTable(), { defaults: { leadsourcecode: 'Fair' } })).toThrow(
      expect.objectContaining({ category: 'usage', message: expect.stringContaining('leadsourcecode=Fair') }),
    );
    const defaults = { leadsourcecode: 'Werbung', mkt_priority: '1' };
    expect(() => checkDefaults(leadTable(), { defaults })).not.toThrow();
  });

  const contactTable = {
    table: 'contact' as const,
    columns: new Map([...leadTable().columns].filter(([name]) => name !== 'companyname')),
  };

  it.each([
    ['a lead', 'mkt_priority', leadTable()],
    ['a contact', 'companyname', contactTable],
  ])('refuses a value of --set that %s has no column for, and takes it from a profile: %s', (_what, name, table) => {
    const defaults = { [name]: '1' };
    expect(() => checkDefaults(table, { defaults })).not.toThrow();
    expect(() => checkDefaults(table, { defaults, set: defaults })).toThrow(
      expect.objectContaining({ code: 'BAD_DEFAULT', message: expect.stringContaining(name) }),
    );
  });
});

describe('findMarketoColumn', () => {
  it.each([
    ['E-Mail', 'emailaddress1'],
    ['EMAIL ADDRESS', 'emailaddress1'],
    ['emailaddress1', 'emailaddress1'],
    ['last_name', 'lastname'],
    ['mobilePhone', 'mobilephone'],
    ['Address1 Line1', 'address1_line1'],
    ['Person Score', undefined],
  ])('knows %s', (header, lead) => {
    expect(findMarketoColumn(header)?.lead).toBe(lead);
  });

  it('has no name that stands for two columns', () => {
    const names = MARKETO_COLUMNS.flatMap((column) => {
      const own = [...column.labels, column.restName ?? [], column.lead ?? column.contact ?? []].flat();
      return [...new Set(own.map((name) => name.toLowerCase().replace(/[\s_-]/g, '')))];
    });
    expect(names).toHaveLength(new Set(names).size);
  });
});
