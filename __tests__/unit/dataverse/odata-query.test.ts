import fc from 'fast-check';
import { encodedLength, MAX_BATCHED_URL, MAX_URL, refuseTooLong } from '../../../src/dataverse/limits.ts';
import {
  and,
  bound,
  call,
  compare,
  contains,
  eq,
  inList,
  odataEnum,
  odataGuid,
  odataJson,
  odataString,
  odataTime,
  or,
  query,
  row,
  startsWith,
} from '../../../src/dataverse/odata-query.ts';

const ID = '0f6a2c1e-0000-4000-8000-00000000000a';

/** What a server sees of a query option. */
function option(path: string, name: string): string | undefined {
  const pairs = path.slice(path.indexOf('?') + 1).split('&');
  const found = pairs.find((pair) => pair.startsWith(`${name}=`));
  return found === undefined ? undefined : decodeURIComponent(found.slice(name.length + 1));
}

/** The text of an OData string literal, read as the standard says. */
function readLiteral(literal: string): string {
  const inside = /^'((?:[^']|'')*)'$/s.exec(literal)?.[1];
  if (inside === undefined) throw new Error(`no literal: ${literal}`);
  return inside.replaceAll("''", "'");
}

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom("'", "''", '&', '#', '+', '%27', "' or 1 eq 1 or '", '\u0000'),
);

describe('query', () => {
  it('writes each option and leaves short what may stay short', () => {
    const path = query('leads', {
      select: ['leadid', 'emailaddress1'],
      filter: and(eq('statecode', 0), eq('emailaddress1', odataString("o'b+c&d#e@x.de"))),
      orderby: ['createdon desc', 'leadid'],
      top: 5,
      expand: [{ property: 'campaignid', select: ['name'], filter: eq('statecode', 0) }],
    });
    expect(path).toBe(
      'leads?$select=leadid,emailaddress1' +
        "&$filter=statecode%20eq%200%20and%20emailaddress1%20eq%20'o''b%2Bc%26d%23e@x.de'" +
        '&$orderby=createdon%20desc,leadid&$top=5' +
        '&$expand=campaignid($select=name;$filter=statecode%20eq%200)',
    );
  });

  it('leaves a path without options as it is', () => {
    expect(query(row('leads', ID))).toBe(`leads(${ID})`);
  });

  it('keeps any text inside its literal', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const path = query('leads', { select: ['leadid'], filter: eq('lastname', odataString(text)), top: 1 });
        expect(path).toMatch(/^[\x21-\x7e]+$/);
        expect(option(path, '$top')).toBe('1');
        const filter = option(path, '$filter') ?? '';
        expect(readLiteral(filter.slice('lastname eq '.length))).toBe(text);
      }),
    );
  });

  it('keeps any list of texts inside its list', () => {
    fc.assert(
      fc.property(fc.array(anyText), (texts) => {
        const filter = option(query('leads', { filter: inList('emailaddress1', texts) }), '$filter') ?? '';
        const list = /^Microsoft\.Dynamics\.CRM\.In\(PropertyName='emailaddress1',PropertyValues=(.*)\)$/s.exec(
          filter,
        )?.[1];
        expect(JSON.parse(list ?? '')).toEqual(texts);
      }),
    );
  });

  it('sends a replacement for half a surrogate pair, which UTF-8 cannot carry', () => {
    expect(option(query('leads', { filter: eq('lastname', odataString('a\uD800b')) }), '$filter')).toBe(
      "lastname eq 'a\uFFFDb'",
    );
  });
});

describe('filters', () => {
  it.each([
    [eq('statecode', 0), 'statecode eq 0'],
    [eq('type', false), 'type eq false'],
    [eq('codename', null), 'codename eq null'],
    [eq('_listid_value', odataGuid(`{${ID.toUpperCase()}}`)), `_listid_value eq ${ID}`],
    [compare('createdon', 'ge', odataTime(0)), 'createdon ge 1970-01-01T00:00:00.000Z'],
    [contains('name', "a'b"), "contains(name,'a''b')"],
    [startsWith('listname', 'Mkto-'), "startswith(listname,'Mkto-')"],
    [and(eq('a', 1), or(eq('b', 2), eq('c', 3))), 'a eq 1 and (b eq 2 or c eq 3)'],
    [or(and(eq('a', 1), eq('b', 2)), eq('c', 3)), '(a eq 1 and b eq 2) or c eq 3'],
    [and(and(eq('a', 1), eq('b', 2)), eq('c', 3)), 'a eq 1 and b eq 2 and c eq 3'],
    [or(eq('a', 1)), 'a eq 1'],
  ])('writes %#', (filter, expected) => {
    expect(filter.filter).toBe(expected);
  });

  it.each(["x' or 1 eq 1", 'a b', '', '1x', 'a/', 'é'])('refuses %j as a column name', (name) => {
    expect(() => eq(name, 1)).toThrow(expect.objectContaining({ code: 'NOT_A_NAME' }));
    expect(() => inList(name, [])).toThrow(expect.objectContaining({ code: 'NOT_A_NAME' }));
    expect(() => query('leads', { select: [name] })).toThrow(expect.objectContaining({ code: 'NOT_A_NAME' }));
    expect(() => query('leads', { orderby: [name] })).toThrow(expect.objectContaining({ code: 'NOT_A_NAME' }));
  });

  it.each(["x' or true", '1234', ''])('refuses %j as an id', (text) => {
    expect(() => odataGuid(text)).toThrow(expect.objectContaining({ code: 'NOT_A_GUID' }));
    expect(() => row('leads', text)).toThrow(expect.objectContaining({ code: 'NOT_A_GUID' }));
  });

  it('refuses a list of no filters, which would mean everybody', () => {
    expect(() => and()).toThrow(RangeError);
  });
});

describe('call', () => {
  it('calls without parameters', () => {
    expect(call('WhoAmI')).toBe('WhoAmI()');
  });

  it('passes parameters by alias', () => {
    expect(call('RetrieveCurrentOrganization', { AccessType: odataEnum('EndpointAccessType', 'Default') })).toBe(
      "RetrieveCurrentOrganization(AccessType=@p1)?@p1=Microsoft.Dynamics.CRM.EndpointAccessType'Default'",
    );
  });

  it('calls what is bound to a row', () => {
    const name = bound(row('systemusers', ID), 'RetrieveUserSetOfPrivilegesByNames');
    const path = call(name, { PrivilegeNames: odataJson(['prvReadList', 'prvAppendToList']) });
    expect(decodeURIComponent(path)).toBe(
      `systemusers(${ID})/Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p1)?@p1=["prvReadList","prvAppendToList"]`,
    );
  });
});

describe('encodedLength', () => {
  it('never counts less than the URL that is sent', () => {
    const host = `${'a'.repeat(240)}.dynamics.com`;
    expect(encodedLength('leads')).toBeGreaterThanOrEqual(`https://${host}/api/data/v9.2/leads`.length);
  });

  it('knows the two limits', () => {
    expect([MAX_URL, MAX_BATCHED_URL]).toEqual([32_768, 65_536]);
    const longest = 'x'.repeat(MAX_BATCHED_URL - encodedLength(''));
    expect(() => refuseTooLong(longest)).not.toThrow();
    expect(() => refuseTooLong(`${longest}x`)).toThrow(expect.objectContaining({ code: 'URL_TOO_LONG' }));
  });
});
