import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageRows as rowsRead, startPaging } from '../../src/dataverse/pages.ts';
import { readRows } from '../../src/dataverse/reads.ts';
import type { JsonObject } from '../../src/json.ts';
import { type Json, makers, rowsOf, useEmulator } from '../support/emulator.ts';

const text = (name: string) => readFileSync(join(__dirname, 'fixtures/pages', `${name}.json`), 'utf8');
const recorded = (name: string): JsonObject => JSON.parse(text(name));

describe('recorded pages, read by the client', () => {
  it.each([
    ['lists-select-listid', 1, { listid: 'e5ef57ea-0505-e811-a95a-000d3a135be0' }],
    ['simple-odata-1', 1, { he_employeenumber: 123456, he_city: null }],
    ['simple-odata-10', 10, { he_employeenumber: 100001, statecode: 0 }],
  ])('%s: %d rows, and no page after it', (name, count, first) => {
    const page = recorded(name);
    expect(rowsRead(page)).toHaveLength(count);
    expect(rowsRead(page)[0]).toMatchObject(first);
    const next = startPaging('https://contoso.crm10.dynamics.com');
    expect(next(readRows('leads', 'leadid'), page)).toBeUndefined();
  });
});

/** What kind of text or value stands there; names and numbers differ from organization to organization. */
function formOf(value: unknown): string {
  if (typeof value !== 'string') return value === null ? 'null' : typeof value;
  const [form] = Object.entries(FORMS).find(([, pattern]) => pattern.test(value)) ?? ['text'];
  return form;
}

const FORMS = {
  guid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  etag: /^W\/"\d+"$/,
};

describe('recorded pages, held against the emulator’s', () => {
  const listid = 'e5ef57ea-0505-e811-a95a-000d3a135be0';
  const api = useEmulator({ seed: { lists: [{ listid, listname: 'Recorded', createdfromcode: 4 }] } });
  const make = makers(api);

  it('writes the lists of Microsoft’s documentation byte for byte, but for host and row version', async () => {
    const answer = await api.get(`${api.root().replace('v9.2', 'v9.0')}/lists?$select=listid`);
    const neutral = (page: string) => page.replace(/https?:\/\/[^/]+/g, 'https://host').replace(/W\/\\"\d+\\"/g, 'W/');
    expect(neutral(answer.text)).toBe(neutral(text('lists-select-listid').trim()));
  });

  it.each(['simple-odata-1', 'simple-odata-10'])('writes what %s has in the same form', async (name) => {
    await make.lead({ subject: 'X' });
    const ours = await api.get('leads');
    const theirs = recorded(name);
    expect(Object.keys(ours.json)).toEqual(Object.keys(theirs));
    expect(ours.json['@odata.context']).toBe(`${api.root()}/$metadata#leads`);
    expect(theirs['@odata.context']).toMatch(/\$metadata#he_employees$/);
    const [lead = {}] = rowsOf(ours);
    for (const employee of rowsRead(theirs)) expect(commonForms(lead, employee)).toEqual(commonForms(employee, lead));
    expect(Object.keys(commonForms(lead, rowsRead(theirs)[0] ?? {})).length).toBeGreaterThan(15);
    expect([Object.keys(lead)[0], lead['@odata.etag']]).toEqual(['@odata.etag', `W/"${lead.versionnumber}"`]);
  });

  /** Forms of those members of `row` that `other` has too. */
  function commonForms(row: Json, other: Json): Record<string, string> {
    const common = Object.entries(row).filter(([member]) => member in other);
    return Object.fromEntries(common.map(([member, value]) => [member, formOf(value)]));
  }
});
