import { type Depth, PRIVILEGES } from '../../../src/membership/privileges.ts';
import { checkPrivileges } from '../../../src/sync/check-privileges.ts';

const everything = new Map<string, Depth>(PRIVILEGES.map(({ name }) => [name, 'Global']));

function statusOf(name: string, depth: Depth): string | undefined {
  return checkPrivileges(new Map([...everything, [name, depth]])).find(({ id }) => id === `privilege.${name}`)?.status;
}

describe('checkPrivileges', () => {
  it('is ok for a user who holds everything for the whole organization', () => {
    expect(checkPrivileges(everything).map(({ status }) => status)).toEqual(PRIVILEGES.map(() => 'ok'));
  });

  it.each<[string, Depth, string]>([
    ['prvReadLead', 'Deep', 'problem'],
    ['prvReadLead', 'Basic', 'problem'],
    ['prvReadLead', 'RecordFilter', 'problem'],
    ['prvReadCampaign', 'none', 'problem'],
    ['prvCreateList', 'Basic', 'ok'],
    ['prvCreateLead', 'Local', 'ok'],
    ['prvCreateLead', 'none', 'problem'],
    ['prvAppendLead', 'Basic', 'warning'],
    ['prvAppendToCampaign', 'Deep', 'warning'],
    ['prvAppendToList', 'none', 'problem'],
  ])('judges %s at %s as %s', (name, depth, status) => {
    expect(statusOf(name, depth)).toBe(status);
  });

  it('says depth and remedy with the name that the role editor uses', () => {
    const [check] = checkPrivileges(new Map([...everything, ['prvReadCampaign', 'Local']]));
    expect(check?.found).toContain('Only Local (Business unit)');
    expect(check?.remedy).toContain('prvReadCampaign at Global (Organization)');
  });

  it('counts a privilege that is not in the answer as missing', () => {
    expect(checkPrivileges(new Map()).every(({ status }) => status === 'problem')).toBe(true);
  });

  it('checks nothing when the organization does not tell', () => {
    expect(checkPrivileges(undefined).map(({ status }) => status)).toEqual(PRIVILEGES.map(() => 'not-checked'));
  });
});
