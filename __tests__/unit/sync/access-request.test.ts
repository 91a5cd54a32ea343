import { PRIVILEGES } from '../../../src/campaign/privileges.ts';
import { accessRequest } from '../../../src/sync/access-request.ts';

const UNKNOWN = { origin: undefined, tenantId: undefined, clientId: undefined };
const KNOWN = { origin: 'https://contoso.crm4.dynamics.com', tenantId: 'contoso.com', clientId: 'the-client-id' };

describe('accessRequest', () => {
  it.each(PRIVILEGES.map(({ name }) => name))('asks for %s', (name) => {
    expect(accessRequest(UNKNOWN)).toMatch(new RegExp(`^ +\\S.* (User|Organization) +${name}$`, 'm'));
  });

  it.each([
    ['prvReadLead', 'Lead            Read       Organization'],
    ['prvAppendToList', 'Marketing List  Append To  Organization'],
    ['prvCreateList', 'Marketing List  Create     User'],
  ])('words %s as the role editor does', (name, row) => {
    expect(accessRequest(UNKNOWN)).toContain(`${row}  ${name}`.replace('User  ', 'User          '));
  });

  it('fits into 80 columns', () => {
    for (const known of [UNKNOWN, KNOWN])
      expect(
        Math.max(
          ...accessRequest(known)
            .split('\n')
            .map(({ length }) => length),
        ),
      ).toBeLessThanOrEqual(80);
  });

  it('fills in what is known and asks for the rest', () => {
    expect(accessRequest(KNOWN)).toContain('Environment:  https://contoso.crm4.dynamics.com');
    expect(accessRequest(KNOWN)).toContain('client id the-client-id');
    expect(accessRequest(KNOWN)).toContain('Tenant: contoso.com');
    expect(accessRequest(UNKNOWN)).toContain('Please send back the application (client) id');
  });
});
