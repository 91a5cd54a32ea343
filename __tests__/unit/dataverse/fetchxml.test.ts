import fc from 'fast-check';
import { escapeXml, fetchPath, fetchXml, isXmlText, nextFetchPage } from '../../../src/dataverse/fetchxml.ts';

/** Undoes escaping as an XML parser does, line-end normalization included. */
function parseXmlText(text: string): string {
  const normalized = text.replace(/\r\n?/g, '\n');
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return normalized.replace(/&(?:#(\d+)|(\w+));/g, (_all, number, name) =>
    number === undefined ? (named[name] ?? '?') : String.fromCodePoint(Number(number)),
  );
}

describe('fetchXml', () => {
  it('writes the join that resolves people and reads their membership at once', () => {
    const xml = fetchXml({
      entity: 'lead',
      attributes: ['leadid', 'emailaddress1'],
      filter: { conditions: [{ attribute: 'emailaddress1', operator: 'in', values: ['a@x.de', "o'b@x.de"] }] },
      links: [
        {
          entity: 'listmember',
          from: 'entityid',
          to: 'leadid',
          kind: 'outer',
          alias: 'm',
          attributes: [{ name: 'listmemberid', alias: 'm_id' }],
          filter: { conditions: [{ attribute: 'listid', operator: 'in', values: ['L1'] }] },
        },
      ],
    });
    expect(xml).toBe(
      "<fetch><entity name='lead'><attribute name='leadid'/><attribute name='emailaddress1'/>" +
        "<filter><condition attribute='emailaddress1' operator='in'><value>a@x.de</value><value>o&apos;b@x.de</value></condition></filter>" +
        "<link-entity name='listmember' from='entityid' to='leadid' link-type='outer' alias='m'>" +
        "<attribute name='listmemberid' alias='m_id'/>" +
        "<filter><condition attribute='listid' operator='in'><value>L1</value></condition></filter></link-entity></entity></fetch>",
    );
  });

  it('writes orders and filters with or', () => {
    const xml = fetchXml({
      entity: 'contact',
      attributes: [],
      orders: ['createdon'],
      filter: {
        type: 'or',
        conditions: [
          { attribute: 'statecode', operator: 'eq', value: 0 },
          { attribute: 'contactid', operator: 'in', values: ['C1'] },
        ],
      },
      distinct: true,
      top: 3,
    });
    expect(xml).toBe(
      "<fetch top='3' distinct='true'><entity name='contact'><order attribute='createdon'/>" +
        "<filter type='or'><condition attribute='statecode' operator='eq' value='0'/>" +
        "<condition attribute='contactid' operator='in'><value>C1</value></condition></filter></entity></fetch>",
    );
  });

  it('brings any text that XML can hold through URL and XML unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }).filter(isXmlText), (text) => {
        const xml = fetchXml({
          entity: 'lead',
          attributes: [],
          filter: { conditions: [{ attribute: 'x', operator: 'eq', value: text }] },
        });
        const path = fetchPath('leads', xml);
        expect(path).toMatch(/^leads\?fetchXml=[\x21-\x7e]+$/);
        expect(path.slice('leads?fetchXml='.length)).not.toMatch(/[&#+]/);
        const arrived = decodeURIComponent(path.slice('leads?fetchXml='.length));
        expect(parseXmlText(/value='([^']*)'/.exec(arrived)?.[1] ?? '')).toBe(text);
      }),
    );
  });
});

describe('isXmlText', () => {
  it.each(['', 'Müller', '😀', 'a\tb\r\nc', '<&>"\'', '\u{FFFD}', '\u0085'])('takes %j', (text) => {
    expect(isXmlText(text)).toBe(true);
    expect(parseXmlText(escapeXml(text))).toBe(text);
  });

  it.each(['\u0000', 'a\u0008', '\u001F', '\uD800', '\uDC00x', '\uFFFE', '\uFFFF'])('refuses %j', (text) => {
    expect(isXmlText(text)).toBe(false);
    expect(() => escapeXml(text)).toThrow(expect.objectContaining({ code: 'NOT_XML_TEXT' }));
  });
});

describe('nextFetchPage', () => {
  const XML = "<fetch count='2'><entity name='lead'><attribute name='leadid'/></entity></fetch>";
  const COOKIE = '<cookie page="1"><leadid last="{A&B}" first="{C}" /></cookie>';
  const twice = encodeURIComponent(encodeURIComponent(COOKIE));

  function answer(page: number, more: boolean | string = true) {
    return {
      value: [],
      '@Microsoft.Dynamics.CRM.morerecords': more,
      '@Microsoft.Dynamics.CRM.fetchxmlpagingcookie': `<cookie pagenumber="${page}" pagingcookie="${twice}" istracking="False" />`,
    };
  }

  it('puts page and cookie into the query', () => {
    const next = nextFetchPage(XML, answer(2)) ?? '';
    const cookie = /paging-cookie='([^']*)'/.exec(next)?.[1] ?? '';
    expect(parseXmlText(cookie)).toBe(COOKIE);
    expect(next.replace(/ paging-cookie='[^']*'/, '')).toBe(XML.replace('<fetch', "<fetch page='2'"));
  });

  it('replaces them on the pages after', () => {
    const second = nextFetchPage(XML, answer(2)) ?? '';
    const third = nextFetchPage(second, answer(3)) ?? '';
    expect(third.match(/page='/g)).toHaveLength(1);
    expect(third.match(/paging-cookie='/g)).toHaveLength(1);
    expect(third).toContain("page='3'");
  });

  it('counts pages by itself when there is no cookie', () => {
    const more = { value: [], '@Microsoft.Dynamics.CRM.morerecords': true };
    const second = nextFetchPage(XML, more) ?? '';
    expect(second).toContain("<fetch page='2' count='2'>");
    expect(nextFetchPage(second, more)).toContain("<fetch page='3' count='2'>");
  });

  it.each([[answer(2, false)], [answer(2, 'false')], [{ value: [] }]])('ends when there is no more: %#', (body) => {
    expect(nextFetchPage(XML, body)).toBeUndefined();
  });

  it('takes "$" in a cookie as it is', () => {
    const body = {
      ...answer(2),
      '@Microsoft.Dynamics.CRM.fetchxmlpagingcookie': '<cookie pagenumber="2" pagingcookie="$&amp;x$1" />',
    };
    expect(nextFetchPage(XML, body)).toContain("paging-cookie='$&amp;amp;x$1'");
  });
});
