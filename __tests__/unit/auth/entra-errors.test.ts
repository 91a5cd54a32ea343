import { adviceFor, entraCode } from '../../../src/auth/entra-errors.ts';

describe('entraCode', () => {
  it.each([
    ['AADSTS7000215: Invalid client secret provided.', '7000215'],
    ['invalid_client: 7000222 - [2026-01-01]: AADSTS7000222: The provided client secret keys are expired.', '7000222'],
    ['interaction_required: AADSTS50076: Due to a configuration change …', '50076'],
    ['no code in here', undefined],
    ['XAADSTS1', undefined],
  ])('finds the number in %j', (text, code) => {
    expect(entraCode(text)).toBe(code);
  });
});

describe('adviceFor', () => {
  const ADMIN = /Microsoft Entra admin center|Power Platform admin center/;
  it.each([
    ['a wrong secret', 7000215, 'WRONG_SECRET', ADMIN],
    ['an expired secret', 7000222, 'SECRET_EXPIRED', ADMIN],
    ['an app without its proof', 7000218, 'SECRET_NEEDED', ADMIN],
    ['an unknown app', 700016, 'APP_UNKNOWN', ADMIN],
    ['an unknown certificate', 700027, 'CERTIFICATE_UNKNOWN', ADMIN],
    ['an unknown tenant', 90002, 'TENANT_UNKNOWN', ADMIN],
    ['a tenant that is none', 900023, 'TENANT_UNKNOWN', ADMIN],
    ['an unknown organization URL', 500011, 'ORGANIZATION_UNKNOWN', ADMIN],
    ['an app that is turned off', 7000112, 'APP_DISABLED', ADMIN],
    ['a federated token of another issuer', 700211, 'ASSERTION_REFUSED', ADMIN],
    ['a federated token of another subject', 700213, 'ASSERTION_REFUSED', ADMIN],
    ['a federated token of another audience', 700212, 'ASSERTION_REFUSED', ADMIN],
    ['missing consent', 65001, 'CONSENT_MISSING', ADMIN],
    ['missing consent of an administrator', 90094, 'CONSENT_MISSING', ADMIN],
    ['a user without the app', 50105, 'USER_NOT_ASSIGNED', ADMIN],
    ['a disabled user', 50057, 'USER_DISABLED', ADMIN],
    ['a policy', 53003, 'ACCESS_BLOCKED', ADMIN],
    ['a device that is not compliant', 53000, 'ACCESS_BLOCKED', ADMIN],
    ['a device that is not managed', 530003, 'ACCESS_BLOCKED', ADMIN],
    ['an app that is not approved', 53002, 'ACCESS_BLOCKED', ADMIN],
    ['an external challenge', 50158, 'SIGN_IN_NEEDED', /dyncamp login/],
    ['multi-factor authentication to be set up', 50079, 'SIGN_IN_NEEDED', /app registration/],
    ['an expired password', 50055, 'SIGN_IN_EXPIRED', /dyncamp login/],
    ['a changed password', 50173, 'SIGN_IN_EXPIRED', /dyncamp login/],
    ['multi-factor authentication', 50076, 'SIGN_IN_NEEDED', /dyncamp login/],
  ])('knows %s', (_name, number, code, next) => {
    const advice = adviceFor(`AADSTS${number}: Text.`);
    expect(advice).toMatchObject({ code, hint: expect.stringMatching(next) });
    expect(advice?.message).toMatch(/^[a-z].*[^.]$/);
    expect(advice?.hint).toMatch(/\.$/);
  });

  it('leaves what is not usual to Entra ID’s own words', () => {
    expect(adviceFor('AADSTS1: Something else.')).toBeUndefined();
  });
});
