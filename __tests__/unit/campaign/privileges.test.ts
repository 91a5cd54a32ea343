import {
  blindSpots,
  type Depth,
  type Held,
  heldBy,
  heldPrivileges,
  NEEDED_NAMES,
  PRIVILEGES,
  refuseBlindSpots,
} from '../../../src/campaign/privileges.ts';
import type { BatchPart, OperationResult } from '../../../src/dataverse/operation.ts';
import type { JsonObject, JsonValue } from '../../../src/json.ts';
import { refused } from '../../support/fake-dataverse.ts';

const ROOT = '00000000-0000-4000-8000-00000000000a';
const BRANCH = '00000000-0000-4000-8000-00000000000b';
const read = (body: JsonObject): OperationResult => ({ kind: 'ok', status: 200, headers: {}, body });
const rows = (...value: JsonObject[]) => read({ value });
const answer = (granted: JsonValue) => read({ RolePrivileges: granted });
const everything = new Map<string, Held>(PRIVILEGES.map(({ name }) => [name, { depth: 'Global', isWhole: true }]));
const but = (name: string, depth: Depth) => new Map([...everything, [name, { depth, isWhole: false }] as const]);

/** An organization of these business units: the first is the root. */
function organization(units: readonly string[], names: OperationResult = rows()) {
  const asked: string[] = [];
  return {
    asked,
    async batch(parts: readonly BatchPart[]): Promise<readonly OperationResult[]> {
      return parts.map((part) => {
        const path = 'changeSet' in part ? '' : part.path;
        asked.push(path.split('?')[0] ?? '');
        if (path.startsWith('privileges')) return names;
        const [root = '', ...others] = units;
        const found = path.includes('%20eq%20null') || path.includes(' eq null') ? [root] : others.slice(0, 1);
        return rows(...found.map((businessunitid) => ({ businessunitid })));
      });
    },
  };
}

describe('heldBy', () => {
  it('takes the widest of several roles', () => {
    const granted = ['Basic', 'Global', 'Local'].map((depth) => ({ PrivilegeName: 'prvReadLead', Depth: depth }));
    expect(heldBy(answer(granted))).toEqual(new Map([['prvReadLead', { depth: 'Global', isWhole: true }]]));
  });

  it('knows nothing where the organization does not tell', () => {
    expect(heldBy(undefined)).toBeUndefined();
    expect(heldBy({ kind: 'not-run' })).toBeUndefined();
    expect(heldBy(answer(null))).toBeUndefined();
  });

  it('passes over what it does not understand', () => {
    expect(heldBy(answer([null, 7, { PrivilegeName: 'prvReadLead', Depth: 'Everywhere' }]))).toEqual(new Map());
  });
});

describe('heldPrivileges', () => {
  const grant = (name: string, depth: string, unit = ROOT) => ({
    PrivilegeName: name,
    PrivilegeId: `id of ${name}`,
    Depth: depth,
    BusinessUnitId: unit,
  });

  it.each<[string, readonly string[], readonly JsonObject[], boolean]>([
    ['Deep in the root unit', [ROOT, BRANCH], [grant('prvReadLead', 'Deep')], true],
    ['Deep in another unit', [ROOT, BRANCH], [grant('prvReadLead', 'Deep', BRANCH)], false],
    ['Local in the only unit', [ROOT], [grant('prvReadLead', 'Local'), grant('prvReadBusinessUnit', 'Global')], true],
    ['Local of two', [ROOT, BRANCH], [grant('prvReadLead', 'Local'), grant('prvReadBusinessUnit', 'Global')], false],
    ['Local, others hidden', [ROOT], [grant('prvReadLead', 'Local'), grant('prvReadBusinessUnit', 'Local')], false],
    ['Basic', [ROOT], [grant('prvReadLead', 'Basic')], false],
    ['a record filter', [ROOT], [grant('prvReadLead', 'RecordFilter')], false],
  ])('sees of %s whether it is every record (U44)', async (_, units, granted, isWhole) => {
    const held = await heldPrivileges(organization(units), NEEDED_NAMES, answer([...granted]));
    expect(held?.get('prvReadLead')?.isWhole).toBe(isWhole);
  });

  it('looks names up where the answer has only ids (U38)', async () => {
    const nameless = [{ PrivilegeId: 'A', Depth: 'Global' }];
    const names = rows({ privilegeid: 'A', name: 'prvReadLead' });
    const found = await heldPrivileges(organization([ROOT], names), NEEDED_NAMES, answer(nameless));
    expect([...(found ?? [])]).toEqual([['prvReadLead', { depth: 'Global', isWhole: true }]]);
    expect(await heldPrivileges(organization([ROOT], refused(403)), NEEDED_NAMES, answer(nameless))).toBeUndefined();
  });

  it('reads nothing more for a user who sees everything', async () => {
    const { asked, batch } = organization([ROOT]);
    await heldPrivileges({ batch }, NEEDED_NAMES, answer([grant('prvReadLead', 'Global')]));
    expect(asked).toEqual([]);
  });
});

describe('refuseBlindSpots', () => {
  it.each<[string, string, Depth, string]>([
    ['leads of the own business unit', 'prvReadLead', 'Local', 'PARTIAL_VIEW'],
    ['leads of the business units below', 'prvReadLead', 'Deep', 'PARTIAL_VIEW'],
    ['own contacts', 'prvReadContact', 'Basic', 'PARTIAL_VIEW'],
    ['lists by a filter', 'prvReadList', 'RecordFilter', 'PARTIAL_VIEW'],
    ['no campaigns', 'prvReadCampaign', 'none', 'PRIVILEGE_MISSING'],
  ])('stops somebody who sees %s, and names table and depth', (_, name, depth, code) => {
    expect(() => refuseBlindSpots(but(name, depth), { allowPartialView: false })).toThrow(
      expect.objectContaining({ code, category: 'privilege', message: expect.stringContaining(`${name}: ${depth}`) }),
    );
    expect(() => refuseBlindSpots(but(name, depth), { allowPartialView: true })).not.toThrow();
  });

  it('lets everybody pass who sees everything, whatever they may write or define', () => {
    for (const name of ['prvCreateLead', 'prvReadEntity'])
      expect(() => refuseBlindSpots(but(name, 'none'), { allowPartialView: false })).not.toThrow();
    expect(() => refuseBlindSpots(undefined, { allowPartialView: false })).not.toThrow();
    expect(blindSpots(new Map())).toHaveLength(4);
  });
});
