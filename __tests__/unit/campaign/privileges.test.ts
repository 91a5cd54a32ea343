import { blindSpots, type Depth, depthsOf, PRIVILEGES, refuseBlindSpots } from '../../../src/campaign/privileges.ts';
import type { JsonValue } from '../../../src/json.ts';

const answer = (granted: JsonValue) =>
  depthsOf({ kind: 'ok', status: 200, headers: {}, body: { RolePrivileges: granted } });
const everything = new Map<string, Depth>(PRIVILEGES.map((privilege) => [privilege.name, 'Global']));
const but = (name: string, depth: Depth) => new Map([...everything, [name, depth] as const]);

describe('depthsOf', () => {
  it('takes the widest of several roles', () => {
    const granted = ['Basic', 'Global', 'Local'].map((Depth) => ({ PrivilegeName: 'prvReadLead', Depth }));
    expect(answer(granted)).toEqual(new Map([['prvReadLead', 'Global']]));
  });

  it('knows nothing where the organization does not tell', () => {
    expect(depthsOf(undefined)).toBeUndefined();
    expect(depthsOf({ kind: 'not-run' })).toBeUndefined();
    expect(answer(null)).toBeUndefined();
  });

  it('passes over what it does not understand', () => {
    expect(answer([null, 7, { PrivilegeName: 'prvReadLead', Depth: 'Everywhere' }])).toEqual(new Map());
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

  it('lets everybody pass who sees everything, whatever they may write', () => {
    expect(() => refuseBlindSpots(but('prvCreateLead', 'none'), { allowPartialView: false })).not.toThrow();
    expect(() => refuseBlindSpots(undefined, { allowPartialView: false })).not.toThrow();
    expect(blindSpots(new Map())).toHaveLength(4);
  });
});
