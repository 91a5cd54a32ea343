import { peopleOn, useEmulator } from '../support/emulator.ts';

/** Its members show who added them. */
const api = useEmulator({ switches: { memberCreator: 'caller' } });
const named = async (name: string) =>
  api.rows(`campaigns?$select=name,codename,statecode,statuscode,istemplate&$filter=name eq '${name}'`);
const listsOf = async (name: string) => {
  const [campaign] = await named(name);
  return api.rows(
    `campaigns(${String(campaign?.campaignid)})/campaignlist_association?$select=listname,type,lockstatus,createdfromcode`,
  );
};

describe('the default organization', () => {
  it.each([
    ['Spring Launch', { statecode: 0, istemplate: false }],
    ['Winter Gala', { statecode: 1, statuscode: 6 }],
    ['Campaign Template', { istemplate: true }],
    ['Partner Summit', { statecode: 0, statuscode: 3 }],
  ])('has the campaign %s with %j', async (name, columns) => {
    expect(await named(name)).toMatchObject([columns]);
  });

  it('has two campaigns of one name with different codes', async () => {
    const codes = (await named('Newsletter')).map((campaign) => campaign.codename);
    expect(codes.toSorted()).toEqual(['NEWS-DE', 'NEWS-EN']);
  });

  it('has a campaign without lists', async () => {
    expect(await listsOf('Spring Launch')).toEqual([]);
  });

  it('has a pair of lists that Marketo made, one member put there by hand', async () => {
    const lists = await listsOf('Autumn Webinar');
    const names = lists.map((list) => list.listname);
    expect(names).toEqual(expect.arrayContaining(['Mkto-leads-1004711', 'Mkto-contacts-1004711']));
    const leads = lists.find((list) => list.listname === 'Mkto-leads-1004711');
    const members = await api.rows(
      `listmembers?$select=createdon&$expand=createdby($select=fullname)&$filter=_listid_value eq ${String(leads?.listid)}`,
    );
    const creators = members.map((member) => JSON.stringify(member.createdby)).join();
    expect(creators).toContain('Marketo Sync User');
    expect(creators).toContain('Erika Musterfrau');
  });

  it('has a locked, a detached and a shared own list', async () => {
    expect(await listsOf('Trade Fair Berlin')).toMatchObject([{ lockstatus: true }]);
    const [roadshow] = await named('Roadshow');
    const [detached] = await api.rows(
      `lists?$select=listname&$filter=listname eq 'Mkto-leads-${String(roadshow?.campaignid)}'`,
    );
    expect(await listsOf('Roadshow')).toEqual([]);
    expect(await peopleOn(api, String(detached?.listid))).toHaveLength(2);
    const [original, copy] = [await listsOf('Product Day'), await listsOf('Product Day Copy')];
    expect(copy[0]?.listid).toBe(original[0]?.listid);
  });

  it('counts members from the start', async () => {
    const [list] = await api.rows("lists?$select=membercount&$filter=listname eq 'Mkto-leads-1004711'");
    expect(list?.membercount).toBe(4);
  });

  it.each([
    ['two contacts with one address', 'contacts', "emailaddress1 eq 'familie.engel@haus.example'", 2],
    ['a lead with that address too', 'leads', "emailaddress1 eq 'quentin.quast@both.example'", 1],
    ['a contact with that address too', 'contacts', "emailaddress1 eq 'quentin.quast@both.example'", 1],
    ['a contact of a qualified lead', 'contacts', '_originatingleadid_value ne null', 1],
    ['a qualified lead with a parent contact', 'leads', 'statecode eq 1 and _parentcontactid_value ne null', 1],
    ['a merged lead', 'leads', '_masterid_value ne null', 1],
    ['a merged contact', 'contacts', '_masterid_value ne null', 1],
    ['an inactive contact', 'contacts', "emailaddress1 eq 'frank.fuchs@former.example' and statecode eq 1", 1],
    ['someone with an apostrophe in the address', 'leads', "emailaddress1 eq 's.o''neill@shamrock.example'", 1],
    ['someone who opted out', 'leads', 'donotbulkemail eq true', 1],
  ])('has %s', async (_name, set, filter, count) => {
    expect(await api.rows(`${set}?$select=fullname&$filter=${encodeURIComponent(filter)}`)).toHaveLength(count);
  });

  it('has only addresses that reach nobody', async () => {
    for (const set of ['leads', 'contacts']) {
      const addresses = (await api.rows(`${set}?$select=emailaddress1`)).map((row) => row.emailaddress1);
      for (const address of addresses) if (address !== null) expect(address).toMatch(/@[a-z0-9.-]+\.example$/);
    }
  });

  it('names its actions in sdkmessages', async () => {
    const filter = encodeURIComponent("name eq 'RemoveListMembersList'");
    expect(await api.rows(`sdkmessages?$select=name&$filter=${filter}`)).toHaveLength(1);
  });
});
