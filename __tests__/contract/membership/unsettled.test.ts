/** What must hold whatever the real service does where no source says so: each switch by itself, then many at once. */
import { randomUUID } from 'node:crypto';
import { DEFAULT_SWITCHES, type Switches, UNSETTLED } from '../../../src/emulator/switches.ts';
import { makers, members, peopleOn, USUAL, useEmulator } from '../../support/emulator.ts';
import { byEmail, byId, openRig, type RunResult } from './harness.ts';
import { leadsWith, truthOf } from './truth.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);

const single = Object.entries(UNSETTLED).flatMap(([name, [, ...others]]) =>
  others.map((value): readonly [string, Partial<Switches>] => [`${name}: ${value}`, { [name]: value }]),
);

/** Seeded, so that a failure can be repeated by its name. */
function combination(seed: number): readonly [string, Partial<Switches>] {
  let state = seed * 2_654_435_761;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const chosen = Object.entries(UNSETTLED).map(([name, values]) => [name, values[random(values.length)]]);
  return [`combination ${seed}`, Object.fromEntries(chosen)];
}

/** The seeds of a run are fixed, so that it can be repeated; DYNCAMP_COMBINATIONS=51-400 tries others. */
const [firstSeed = 1, lastSeed = 50] = (process.env.DYNCAMP_COMBINATIONS ?? '1-50').split('-').map(Number);
const many = Array.from({ length: lastSeed - firstSeed + 1 }, (_, place) => combination(firstSeed + place));

it('runs every answer of every question by itself, but the defaults, and again among others', () => {
  for (const [name, [first, ...others]] of Object.entries(UNSETTLED)) {
    const chosen = many.map(([, switches]) => new Map(Object.entries(switches)).get(name));
    expect(new Set(chosen)).toEqual(new Set([first, ...others]));
    for (const value of others) expect(single).toContainEqual([`${name}: ${value}`, { [name]: value }]);
  }
  expect(new Set(many.map(([, switches]) => JSON.stringify(switches))).size).toBe(many.length);
});

/** Neither action that takes people out works: then it must be said, and nothing may be claimed. */
const cannotRemove = ({ removeListMembersList, removeMemberList }: Switches): boolean =>
  removeListMembersList === 'absent' && (removeMemberList === 'absent' || removeMemberList === 'parameter-refused');

/** Neither way to link a list to a campaign works: nobody may be written to a list that hangs loose. */
const cannotLink = ({ addItemCampaign, linkByRef }: Switches): boolean =>
  addItemCampaign === 'absent' && linkByRef === 'refused';

/** The columns of a table cannot be read: nobody is created, and everybody else is served. */
const canCreate = ({ tableDefinitions }: Switches): boolean => tableDefinitions === 'readable';

/** What the user does not see; the run stops where Dynamics says so. */
function blindness(switches: Switches): string | undefined {
  const { readDepth, privilegesByNames, securedEmail } = switches;
  if (privilegesByNames !== 'refused' && ['Basic', 'RecordFilter'].includes(readDepth)) return 'PARTIAL_VIEW';
  return securedEmail === 'yes' && canCreate(switches) ? 'COLUMN_HIDDEN' : undefined;
}

const readsAll = ({ readDepth }: Switches) => (readDepth === 'Deep' || readDepth === 'Local' ? readDepth : 'Global');

const typesOf = (result: RunResult) => result.events.map((event) => event.type);
const added = 'dyncamp.person.added';
const removed = 'dyncamp.person.removed';

/** The same people are in every campaign, one after the other. */
let leads: readonly string[];
let contact: string;
let heir: string;
beforeAll(async () => {
  leads = [await make.lead({ emailaddress1: 'l1@x.example' }), await make.lead({ emailaddress1: 'l2@x.example' })];
  contact = await make.contact({ emailaddress1: 'c1@x.example' });
  const qualified = await make.lead({ emailaddress1: 'q1@x.example' });
  heir = await make.contact({ 'originatingleadid@odata.bind': `/leads(${qualified})` });
  await api.patch(`leads(${qualified})`, { statecode: 1, statuscode: 3 });
  const closed = await make.lead({ emailaddress1: 'x1@x.example' });
  await api.patch(`leads(${closed})`, { statecode: 2, statuscode: 4 });
});

/** Members that could not be taken out name creators of their own: an organization in which all name one has none of them (U32). */
afterEach(async () => {
  for (const { listid } of await api.rows('lists?$select=listid')) await api.delete(`lists(${String(listid)})`);
});

/** A combination names every answer: where `npm run unsettled` has made others the default, it is what it is without. */
const asUsualOnly = Object.keys(USUAL).length === 0 ? many : [];

describe.each([...single, ...asUsualOnly])('with %s', (_, chosen) => {
  // All of them: `npm run unsettled` makes others the default.
  const switches = { ...DEFAULT_SWITCHES, ...chosen };

  it('adds and removes exactly those asked, once each, with one event for each real change', async () => {
    const rig = openRig(api.emulator().url);
    const tag = randomUUID().slice(0, 8);
    const campaign = await make.campaign();
    api.switch(switches);

    const rows = [
      byEmail('L1@X.example'),
      byId(leads[1] ?? ''),
      byId(leads[0] ?? '', 'lead'),
      byEmail('c1@x.example'),
      byEmail('q1@x.example'),
      byEmail(`n1-${tag}@x.example`, { lastname: 'New' }),
      byEmail(`N1-${tag}@x.example`, { lastname: 'New' }),
      byEmail('x1@x.example', { lastname: 'Closed' }),
      byId(randomUUID(), 'lead'),
    ];
    const creates = canCreate(switches);
    const blind = blindness(switches);
    if (blind !== undefined)
      await expect(rig.add(campaign, rows)).rejects.toMatchObject({ code: blind, category: 'privilege' });
    // The rest with a user who sees everything.
    api.switch({ readDepth: readsAll(switches), securedEmail: 'no' });

    const first = await rig.add(campaign, rows, { batchSize: 4 });
    if (cannotLink(switches)) {
      expect(first.fatal).toMatchObject({ code: 'LIST_NOT_MADE' });
      expect(first).toMatchObject({ events: [] });
      expect(await leadsWith(api, `n1-${tag}@x.example`)).toEqual([]);
      await rig.close();
      return;
    }
    expect(first.fatal).toBeUndefined();
    expect(first.names).toEqual([
      'added',
      'added',
      'duplicate-input',
      'added',
      'added',
      creates ? 'added' : 'forbidden',
      'duplicate-input',
      'inactive',
      'not-found',
    ]);
    const after = await truthOf(api, campaign);
    const created = await leadsWith(api, `n1-${tag}@x.example`);
    expect(created).toHaveLength(creates ? 1 : 0);
    const everybody = [...leads, contact, heir, ...created.map(({ leadid }) => String(leadid))].sort();
    expect(after.people).toEqual(everybody);
    expect(after.lists.map((list) => list.code)).toEqual([2, 4]);
    expect(typesOf(first).filter((type) => type === added)).toHaveLength(everybody.length);
    expect(typesOf(first).filter((type) => type === 'dyncamp.person.created')).toHaveLength(created.length);
    expect(new Set(first.events.map((event) => event.id)).size).toBe(everybody.length + created.length);

    const again = await rig.add(campaign, rows, { batchSize: 4 });
    expect(again.fatal).toBeUndefined();
    expect(again.names.slice(0, 6)).toEqual([
      'already-member',
      'already-member',
      'duplicate-input',
      'already-member',
      'already-member',
      creates ? 'already-member' : 'forbidden',
    ]);
    expect(again.events).toEqual([]);
    expect((await truthOf(api, campaign)).people).toEqual(everybody);

    const third = await rig.remove(campaign, rows, { batchSize: 4 });
    if (cannotRemove(switches)) {
      expect(third.fatal).toMatchObject({ code: 'REMOVE_NOT_OFFERED' });
      expect(third.names).not.toContain('removed');
      expect(third.events).toEqual([]);
      expect((await truthOf(api, campaign)).people).toEqual(everybody);
      // What stays would show the tests behind this one a creator whom they do not expect (U32).
      api.switch({ removeListMembersList: 'offered', readAfterWrite: 'consistent' });
      for (const { id, code } of after.lists) {
        const people = (await peopleOn(api, id)).map(String);
        await api.post('RemoveListMembersList', members(id, code === 4 ? 'lead' : 'contact', people));
      }
    } else {
      expect(third.fatal).toBeUndefined();
      expect(third.names.filter((name) => name === 'removed')).toHaveLength(everybody.length);
      expect((await truthOf(api, campaign)).people).toEqual([]);
      expect(typesOf(third)).toEqual(everybody.map(() => removed));
      const last = await rig.remove(campaign, rows, { batchSize: 4 });
      expect(last.names).not.toContain('removed');
      expect(last).toMatchObject({ events: [], fatal: undefined });
    }
    await rig.close();
  });
});
