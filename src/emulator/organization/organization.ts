import { createHash } from 'node:crypto';

/** The one organization every emulator serves. Its ids are fixed, so that clients may remember them over restarts. */
export const ORGANIZATION = {
  id: '0d0c4b1e-5a3f-4d9a-9c61-2f7e8a31c0de',
  tenantId: '7a1e0c55-3f0b-4f6e-8d52-91b7c4e6a001',
  environmentId: '5b1f7c3a-8e42-4c0d-9a77-e0d1c2b3a405',
  businessUnitId: 'b0510e55-0000-4000-8000-000000000001',
  currencyId: 'c0ffee00-0000-4000-8000-00000000e0e0',
  friendlyName: 'dyncamp emulator',
  uniqueName: 'dyncampemulator',
  urlName: 'dyncamp-emulator',
  geo: 'EMEA',
  version: '9.2.24101.00201',
} as const;

/** The platform's own user; every organization has one. [documented: "System and application users"] */
export const SYSTEM_USER_ID = '5a57e000-0000-4000-8000-000000000005';
/** The application user of Dynamics 365 Sales: who makes all membership rows where `memberCreator` is `constant` (U32). */
export const SALES_USER_ID = '5a1e5000-0000-4000-8000-000000000006';

/** The application user that unnamed bearer tokens act as. */
export const APPLICATION_USER_ID = 'd1c0a111-0000-4000-8000-000000000001';
export const APPLICATION_ID = 'd1c0a999-0000-4000-8000-000000000001';

/** An id that stays over restarts: made from names. */
export function fixedId(...names: readonly string[]): string {
  const hex = createHash('sha256').update(names.join('/')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
