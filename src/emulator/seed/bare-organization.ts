/** The users and the business unit that every organization starts with: without them nobody could sign in. */
import {
  APPLICATION_ID,
  APPLICATION_USER_ID,
  ORGANIZATION,
  SALES_USER_ID,
  SYSTEM_USER_ID,
} from '../organization/organization.ts';
import type { Row } from '../store/row.ts';
import type { Seed } from './seed.ts';

export const MARKETO_APPLICATION_ID = '3a4ce700-0000-4000-8000-0000000000aa';
export const MARKETO_USER_ID = '3a4ce700-0000-4000-8000-000000000002';
const ERIKA_USER_ID = 'e41ca000-0000-4000-8000-000000000003';
const DISABLED_USER_ID = 'd15ab1ed-0000-4000-8000-000000000004';

const SINCE = '2024-02-01T08:00:00Z';

export const SYSTEM_USERS: readonly Row[] = [
  {
    ...user(APPLICATION_USER_ID, '#', 'dyncamp'),
    applicationid: APPLICATION_ID,
    azureactivedirectoryobjectid: 'd1c0a222-0000-4000-8000-000000000001',
    accessmode: 4,
  },
  {
    ...user(MARKETO_USER_ID, 'Marketo', 'Sync User'),
    applicationid: MARKETO_APPLICATION_ID,
    azureactivedirectoryobjectid: '3a4ce700-0000-4000-8000-0000000000bb',
    accessmode: 4,
  },
  {
    ...user(ERIKA_USER_ID, 'Erika', 'Musterfrau'),
    azureactivedirectoryobjectid: 'e41ca000-0000-4000-8000-0000000000bb',
    accessmode: 0,
  },
  {
    ...user(DISABLED_USER_ID, 'Frieda', 'Fort'),
    azureactivedirectoryobjectid: 'd15ab1ed-0000-4000-8000-0000000000bb',
    accessmode: 0,
    isdisabled: true,
  },
  { ...user(SYSTEM_USER_ID, '', 'SYSTEM'), fullname: 'SYSTEM', domainname: null, internalemailaddress: null },
  { ...user(SALES_USER_ID, '# Dynamics 365', 'Sales'), accessmode: 4 },
];

function user(systemuserid: string, firstname: string, lastname: string): Row {
  const fullname = `${firstname} ${lastname}`;
  const mailbox = fullname
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '.')
    .replace(/^\./, '');
  return {
    systemuserid,
    firstname,
    lastname,
    fullname,
    domainname: `${mailbox}@dyncamp.example`,
    internalemailaddress: `${mailbox}@dyncamp.example`,
    isdisabled: false,
    createdon: SINCE,
    _businessunitid_value: ORGANIZATION.businessUnitId,
  };
}

export const BARE_ORGANIZATION: Seed = {
  businessunits: [{ businessunitid: ORGANIZATION.businessUnitId, name: ORGANIZATION.friendlyName, createdon: SINCE }],
  systemusers: SYSTEM_USERS,
};
