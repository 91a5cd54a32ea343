import { checkUnsettled, UNSETTLED_CHECK_IDS } from '../../../src/sync/unsettled.ts';
import { type Answers, fakeDataverse, type ProtocolAnswers, refused } from '../../support/fake-dataverse.ts';

const LEAD = '00000000-0000-4000-8000-000000000001';
const LIST = '00000000-0000-4000-8000-00000000000a';
const OFFERED = new Set(['RemoveListMembersList', 'RemoveMemberList', 'RemoveItemCampaign', 'AddItemCampaign']);

const WORKING: Answers = [
  ["link-type='outer'", [{ leadid: LEAD, m_list: LIST }]],
  ["link-type='inner'", [{ leadid: LEAD, m_list: LIST }]],
  ["PropertyName='entityid'", [{ listmemberid: LEAD }]],
  ['$expand=listlead_association', { listid: LIST, listlead_association: [{ leadid: LEAD }] }],
  ['$select=membercount', { membercount: 3 }],
  ["alias='members'", [{ members: 4 }]],
  ['emailaddress1', []],
];

const csdl = (...actions: readonly string[]): ProtocolAnswers => ({
  metadata: { status: 200, body: `<Schema><Action Name="WhoElse"/>${actions.join('')}</Schema>` },
});
const REMOVE_MEMBER = '<Action Name="RemoveMemberList" IsBound="true"><Parameter Name="entity" Type="mscrm.list"/>';

async function answers(
  changes: Answers = [],
  offered: ReadonlySet<string> | undefined = OFFERED,
  protocol: ProtocolAnswers = {},
) {
  const checks = await checkUnsettled(fakeDataverse([...changes, ...WORKING], protocol), offered);
  return new Map(checks.map((check) => [check.id.replace('unsettled.', ''), check]));
}

describe('checkUnsettled', () => {
  it('answers or passes every question, in the order of their numbers', async () => {
    const checks = await checkUnsettled(fakeDataverse(WORKING), OFFERED);
    expect(checks.map(({ id }) => id)).toEqual(UNSETTLED_CHECK_IDS);
  });

  it('never finds a problem: dyncamp is right under every answer', async () => {
    for (const checks of [await answers(), await answers([['', refused(400)]], new Set())])
      for (const { status } of checks.values()) expect(['ok', 'not-checked']).toContain(status);
  });

  it.each<[string, string, Answers]>([
    ['U17', 'works.', []],
    ['U17', 'refused (400 0x80060888: No.)', [["PropertyName='entityid'", refused(400, '0x80060888', 'No.')]]],
    ['U19', 'works.', []],
    ['U19', 'misses a member', [['$expand=listlead', { listlead_association: [] }]]],
    ['U30', 'works.', []],
    ['U30', 'refused (400', [["link-type='outer'", refused(400)]]],
    ['U26', 'lags: it says 3 of 4', []],
    ['U26', 'is exact (4)', [['$select=membercount', { membercount: 4 }]]],
    ['U25', 'stays on the leads list', []],
    ['U29', 'Values in one In: 2001 are taken; in one FetchXML "in": 2001 are taken.', []],
  ])('says of %s what the rows show: %s', async (number, text, changes) => {
    expect((await answers(changes)).get(number)).toMatchObject({ status: 'ok', found: expect.stringContaining(text) });
  });

  it('finds how many values are taken by growing them', async () => {
    // The 1,000th value, in base 36: only the sizes above 500 have it.
    const most = await answers([['"rr"', refused(400, '0x8004430e', 'Too many.')]]);
    expect(most.get('U29')?.found).toContain(
      'Values in one In: 500 are taken, 1000 refused (400 0x8004430e: Too many.)',
    );
  });

  const listMember = '<Parameter Name="ListMember" Type="mscrm.listmember"/></Action>';
  it.each<[string, string, ProtocolAnswers]>([
    ['U10', 'RemoveMemberList is offered with ListMember ($metadata)', csdl(`${REMOVE_MEMBER}${listMember}`)],
    ['U10', 'takes EntityId and not ListMember', csdl(`${REMOVE_MEMBER}<Parameter Name="EntityId"/></Action>`)],
    ['U11', '$metadata does not declare', csdl('<Action Name="RemoveItemCampaign"><Parameter Name="Item"/></Action>')],
    ['U9', 'shows when it is sent', csdl()],
    ['U26', 'A request without OData-Version is taken.', {}],
    ['U26', 'A request without OData-Version is refused (400).', { 'no-version': { status: 400, body: '' } }],
    ['U21', 'A batch with bare line feeds is refused (400)', { 'line-feeds': { status: 400, body: '' } }],
    ['U21', 'is answered 404 where the part that failed is a 404', { 'failing-batch': { status: 404, body: '' } }],
  ])('says of %s what the protocol shows: %s', async (number, text, protocol) => {
    const found = (await answers([], OFFERED, protocol)).get(number);
    expect(found).toMatchObject({ status: 'ok', found: expect.stringContaining(text) });
  });

  it('says what is not offered anywhere', async () => {
    expect((await answers([], new Set(['WhoAmI']), csdl())).get('U9')?.found).toBe(
      'RemoveListMembersList is not offered ($metadata).',
    );
  });

  it.each([
    [true, 'not-checked', 'Only a write shows it'],
    [false, 'ok', 'it is off for leads and contacts'],
  ] as const)('looks whether duplicates are watched for: %s', async (Value, status, text) => {
    const found = await answers([['EntityDefinitions', { IsDuplicateDetectionEnabled: { Value } }]]);
    expect(found.get('U20')).toMatchObject({ status, found: expect.stringContaining(text) });
  });

  it.each(['U17', 'U19', 'U30'])('does not answer %s where no lead is on any list', async (number) => {
    const found = await answers([["link-type='inner'", []]]);
    expect(found.get(number)).toMatchObject({
      status: 'not-checked',
      found: expect.stringContaining('no lead on any list'),
    });
    expect(found.get('U25')?.status).toBe('not-checked');
  });

  it('tells which actions are offered, and does not guess where messages cannot be read', async () => {
    expect((await answers([], new Set(['WhoAmI']))).get('U9')?.found).toContain('is not offered');
    expect((await answers()).get('U28')?.found).toContain('AddItemCampaign is offered');
    const unread = await checkUnsettled(fakeDataverse(WORKING), undefined);
    expect(unread.find(({ id }) => id === 'unsettled.U10')?.status).toBe('not-checked');
  });

  it('takes two batches, and asks each question about the protocol once', async () => {
    const dataverse = fakeDataverse(WORKING);
    await checkUnsettled(dataverse, OFFERED);
    expect(dataverse.requests).toHaveLength(2);
    expect(dataverse.asked.toSorted()).toEqual(['failing-batch', 'line-feeds', 'metadata', 'no-version']);
  });

  it('keeps every query within what a batched GET may hold', async () => {
    const dataverse = fakeDataverse(WORKING);
    await checkUnsettled(dataverse, OFFERED);
    const lengths = dataverse.requests.flat().map((path) => encodeURIComponent(path).length);
    expect(Math.max(...lengths)).toBeLessThan(65_536 - 300);
  });
});
