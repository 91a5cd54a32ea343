import { crm, makers, refusal, useEmulator } from '../support/emulator.ts';

const api = useEmulator({ seed: 'none', people: 60 });
const make = makers(api);
const query = (set: string, options: Record<string, string>, headers?: Record<string, string>) => {
  const pairs = Object.entries(options).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return api.get(`${set}?${pairs.join('&')}`, headers);
};
const inFilter = (property: string, values: readonly string[]) => ({
  $filter: 'Microsoft.Dynamics.CRM.In(PropertyName=@p1,PropertyValues=@p2)',
  '@p1': `'${property}'`,
  '@p2': JSON.stringify(values),
});

describe('GET on an entity set', () => {
  it('pages with odata.maxpagesize and an opaque absolute link [documented, recorded]', async () => {
    const Prefer = 'odata.maxpagesize=20';
    const seen: unknown[] = [];
    let url = 'leads?$select=leadid&$filter=startswith(emailaddress1,%27person%27)';
    for (let page = 1; page <= 2; page += 1) {
      const answer = await api.get(url, { Prefer });
      seen.push(...(Array.isArray(answer.json.value) ? answer.json.value : []));
      url = String(answer.json['@odata.nextLink'] ?? '');
      if (page === 1) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/data\/v9\.2\/leads\?.*\$skiptoken=/);
    }
    expect(seen).toHaveLength(30);
    expect(url).toBe('');
  });

  it('ignores case in text and doubles quotes [documented]', async () => {
    await make.lead({ emailaddress1: "O'Brian@x.example" });
    const answer = await query('leads', { $filter: "emailaddress1 eq 'o''brian@X.example'", $select: 'emailaddress1' });
    expect(answer.json.value).toMatchObject([{ emailaddress1: "O'Brian@x.example" }]);
  });

  it('takes In over strings by aliases [documented]', async () => {
    const values = ['person1@people.example', 'PERSON3@people.example', 'nobody@people.example'];
    const answer = await query('leads', { $select: 'leadid', ...inFilter('emailaddress1', values) });
    expect(answer.json.value).toHaveLength(2);
  });

  it('takes GUIDs in quotes [field]', async () => {
    const { list } = await make.filledList(1);
    const answer = await query('listmembers', { $select: '_entityid_value', $filter: `_listid_value eq '${list}'` });
    expect(answer.json.value).toHaveLength(1);
  });

  it.each([
    ['$skip', '5'],
    ['$search', 'x'],
  ])('refuses %s [documented]', async (name, value) => {
    expect((await query('leads', { [name]: value })).status).toBe(400);
  });

  it.each([
    ['lists', { $select: 'campaignid' }, 'campaignid', 'list'],
    ['leads', { $select: 'LastName' }, 'LastName', 'lead'],
    ['listmembers', { $expand: 'listid' }, 'listid', 'listmember'],
    ['listmembers', { $expand: 'entityid_contact' }, 'entityid_contact', 'listmember'],
  ])('refuses %s with %j [documented CSDL, field]', async (set, options, name, type) => {
    expect(await query(set, options)).toMatchObject(
      refusal(
        400,
        expect.any(String),
        expect.stringContaining(`Could not find a property named '${name}' on type 'Microsoft.Dynamics.CRM.${type}'.`),
      ),
    );
  });

  it('joins people and members in FetchXML, outer with a filter [inferred]', async () => {
    const { list, people } = await make.filledList(1);
    const outsider = await make.lead();
    const answer = await query('leads', { fetchXml: outerJoin(list, [...people, outsider]) });
    expect(answer.json.value).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ leadid: people[0], m_id: expect.any(String) }),
        expect.not.objectContaining({ m_id: expect.anything() }),
      ]),
    );
    expect(answer.json.value).toHaveLength(2);
  });
});

function outerJoin(list: string, people: readonly string[]): string {
  const values = people.map((id) => `<value>${id}</value>`).join('');
  return `<fetch><entity name="lead"><attribute name="leadid"/><filter><condition attribute="leadid" operator="in">${values}</condition></filter><link-entity name="listmember" from="entityid" to="leadid" link-type="outer" alias="m"><attribute name="listmemberid" alias="m_id"/><filter><condition attribute="listid" operator="in"><value>${list}</value></condition></filter></link-entity></entity></fetch>`;
}

describe('GET on an entity set where nobody has settled the answer', () => {
  it.each([
    ['works', 200, 200],
    ['refused', 400, 200],
    ['fetchxml-too', 400, 400],
  ] as const)('U17 inOnEntityId %s: In %d, FetchXML in %d', async (value, status, fetchStatus) => {
    api.switch({ inOnEntityId: value });
    const { people } = await make.filledList(1);
    const answer = await query('listmembers', { $select: '_listid_value', ...inFilter('entityid', people) });
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.json.value).toHaveLength(1);
    const fetchXml = `<fetch><entity name="listmember"><filter><condition attribute="entityid" operator="in"><value>${people[0]}</value></condition></filter></entity></fetch>`;
    expect((await query('listmembers', { fetchXml })).status).toBe(fetchStatus);
  });

  it.each([
    ['works', 200],
    ['refused', 400],
  ] as const)('U19 associationFilter %s: any() and $expand with a filter are %d', async (value, status) => {
    api.switch({ associationFilter: value });
    const { list } = await make.filledList(1);
    const answer = await query('leads', {
      $select: 'leadid',
      $filter: `listlead_association/any(l:l/listid eq ${list})`,
    });
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.json.value).toHaveLength(1);
    const expand = 'listlead_association($select=leadid;$filter=statecode eq 0)';
    expect((await api.get(`lists(${list})?$select=listid&$expand=${expand}`)).status).toBe(status);
  });

  it.each([
    ['works', 1],
    ['stale', 0],
  ] as const)(
    'U19 associationFilter %s: a filter over the association finds %d of who has just come',
    async (value, count) => {
      api.switch({ associationFilter: value });
      const { list, people } = await make.filledList(1);
      const $filter = `leadid eq ${people[0]}`;
      const expanded = await api.get(
        `lists(${list})?$select=listid&$expand=listlead_association($select=leadid;$filter=${$filter})`,
      );
      expect(expanded.json.listlead_association).toHaveLength(count);
      const any = await query('leads', {
        $select: 'leadid',
        $filter: `listlead_association/any(l:l/listid eq ${list})`,
      });
      expect(any.json.value).toHaveLength(count);
      // The collection by its own URL is what it is.
      expect(await api.rows(`lists(${list})/listlead_association?$select=leadid`)).toHaveLength(1);
    },
  );

  it.each([
    ['unlimited', 2500, 200],
    ['limit-2000', 2000, 200],
    ['limit-2000', 2001, 400],
    ['limit-300', 300, 200],
    ['limit-300', 301, 400],
  ] as const)('U29 inValues %s: %d values are %d', async (value, count, status) => {
    api.switch({ inValues: value });
    const values = Array.from({ length: count }, (_, index) => `${index}`);
    const fetchXml = `<fetch><entity name="lead"><attribute name="leadid"/><filter><condition attribute="lastname" operator="in">${values.map((each) => `<value>${each}</value>`).join('')}</condition></filter></entity></fetch>`;
    const batch = `--b\r\nContent-Type: application/http\r\n\r\nGET leads?fetchXml=${fetchXml.replaceAll(' ', '%20')} HTTP/1.1\r\n\r\n--b--\r\n`;
    const answer = await api.post('$batch', batch, { 'Content-Type': 'multipart/mixed;boundary=b' });
    expect(answer.text).toContain(`HTTP/1.1 ${status} `);
    if (status === 400) expect(answer.text.toLowerCase()).toContain('0x8004430e');
  });
});

describe('comparison of texts (U39)', () => {
  const asked = ['josé@kim.example', 'JOSÉ@KIM.EXAMPLE', 'jose@kim.example', 'JOSÉ@KİM.EXAMPLE'];

  it.each([
    ['CI_AI', 1033, [true, true, true, true]],
    ['CI_AS', 2057, [true, true, false, false]],
    ['turkish', 1055, [true, false, true, true]],
  ] as const)('collation %s, language %d: which spellings find josé@kim.example', async (value, language, finds) => {
    const lead = await make.lead({ emailaddress1: 'josé@kim.example' });
    api.switch({ collation: value });
    const found = await Promise.all(
      asked.flatMap((text) => [
        query('leads', { $select: 'leadid', $filter: `leadid eq ${lead} and emailaddress1 eq '${text}'` }),
        query('leads', {
          fetchXml: `<fetch><entity name="lead"><attribute name="leadid"/><filter><condition attribute="leadid" operator="eq" value="${lead}"/><condition attribute="emailaddress1" operator="in"><value>${text}</value></condition></filter></entity></fetch>`,
        }),
      ]),
    );
    const counts = found.map(({ json }) => Array.isArray(json.value) && json.value.length === 1);
    expect(counts).toEqual(finds.flatMap((one) => [one, one]));
    expect((await api.rows('organizations?$select=languagecode'))[0]).toMatchObject({ languagecode: language });
  });
});

describe('metadata over HTTP', () => {
  it('answers what one client asks for [field]', async () => {
    const answer = await api.get('EntityDefinitions(LogicalName=%27lead%27)?$select=EntitySetName');
    expect(answer.json).toMatchObject({
      '@odata.context': `${api.root()}/$metadata#EntityDefinitions(EntitySetName)/$entity`,
      EntitySetName: 'leads',
      MetadataId: expect.any(String),
    });
  });

  it('leaves actions out of $metadata that the organization does not offer (U9)', async () => {
    expect((await api.get('$metadata')).text).toContain('<Action Name="RemoveListMembersList"');
    api.switch({ removeListMembersList: 'absent' });
    expect((await api.get('$metadata')).text).not.toContain('<Action Name="RemoveListMembersList"');
  });
});

describe('/$count behind a navigation property', () => {
  it('counts what is linked, filtered or not, and nothing behind a lookup', async () => {
    const [campaign, list, other] = [await make.campaign(), await make.leadList(), await make.contactList()];
    for (const each of [list, other]) {
      await api.post(`lists(${each})/Microsoft.Dynamics.CRM.AddItemCampaign`, { Campaign: crm('campaign', campaign) });
    }
    const count = (tail: string) => api.get(`campaigns(${campaign})/${tail}`);
    const all = await count('campaignlist_association/$count');
    expect(all).toMatchObject({ status: 200, text: '2' });
    expect(all.headers.get('content-type')).toBe('text/plain');
    expect((await count('campaignlist_association/$count?$filter=createdfromcode eq 4')).text).toBe('1');
    expect((await count('owninguser/$count')).status).toBe(501);
  });
});
