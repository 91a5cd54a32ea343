/** Users, leads and contacts of the default organization. All addresses end in `.example`. */
import { APPLICATION_ID, APPLICATION_USER_ID, ORGANIZATION, SALES_USER_ID, SYSTEM_USER_ID } from '../organization.ts';
import type { Row } from '../store/row.ts';

// Users of the default organization, its business unit included.

export const MARKETO_APPLICATION_ID = '3a4ce700-0000-4000-8000-0000000000aa';
export const MARKETO_USER_ID = '3a4ce700-0000-4000-8000-000000000002';
export const ERIKA_USER_ID = 'e41ca000-0000-4000-8000-000000000003';
const DISABLED_USER_ID = 'd15ab1ed-0000-4000-8000-000000000004';

const SINCE = '2024-02-01T08:00:00Z';

export const BUSINESS_UNITS: readonly Row[] = [
  { businessunitid: ORGANIZATION.businessUnitId, name: 'dyncamp emulator', createdon: SINCE },
];

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

// Leads of the default organization. All addresses end in `.example`.

const QUALIFIED = { statecode: 1, statuscode: 3 };
const LOST = { statecode: 2, statuscode: 4 };
const CANNOT_CONTACT = { statecode: 2, statuscode: 5 };

export function leadId(number: number): string {
  return `5b0e7a94-13c6-4d0f-8e21-${String(number).padStart(12, '0')}`;
}

export const LEADS: readonly Row[] = [
  lead(1, 'Anna', 'Arendt', 'anna.arendt@nordlicht.example', { companyname: 'Nordlicht GmbH', jobtitle: 'Einkauf' }),
  lead(2, 'Ben', 'Baker', 'ben.baker@harbour.example', { companyname: 'Harbour Ltd' }),
  lead(3, 'Chiara', 'Conti', 'chiara.conti@olivia.example', { companyname: 'Olivia S.p.A.' }),
  lead(4, 'Jürgen', 'Müller', 'juergen.mueller@weissbach.example', { companyname: 'Weißbach & Söhne' }),
  lead(5, 'Siobhán', "O'Neill", "s.o'neill@shamrock.example", { companyname: 'Shamrock Foods' }),
  lead(6, 'Łukasz', 'Żak', 'lukasz.zak@wisla.example', { companyname: 'Wisła Sp. z o.o.' }),
  lead(7, 'Françoise', 'Lefèvre', 'f.lefevre@etoile.example', { companyname: 'Étoile SARL' }),
  lead(8, 'Greta', 'Graf', 'greta.graf@weissbach.example', { telephone1: '+49 30 5550108' }),
  lead(9, 'Hugo', 'Holm', 'hugo.holm@fjord.example', { donotbulkemail: true }),
  lead(10, 'Ida', 'Ivarsson', 'ida.ivarsson@fjord.example', { donotemail: true }),
  lead(11, 'Jonas', 'Jansen', 'info@polder.example', { companyname: 'Polder BV' }),
  lead(12, 'Katja', 'Keller', 'info@polder.example', { companyname: 'Polder BV' }),
  lead(13, 'Lena', 'Lorenz', 'lena.lorenz@rheintal.example', QUALIFIED),
  lead(14, 'Mats', 'Moberg', 'mats.moberg@fjord.example', QUALIFIED),
  lead(15, 'Nora', 'Nagel', 'nora.nagel@rheintal.example', LOST),
  lead(16, 'Otto', 'Olbrich', 'otto.olbrich@rheintal.example', CANNOT_CONTACT),
  lead(17, 'Paula', 'Petit', 'paula.petit@etoile.example', {}),
  lead(18, 'Paula', 'Petit-Roux', 'paula.petit.old@etoile.example', {
    ...LOST,
    merged: true,
    _masterid_value: leadId(17),
  }),
  lead(19, 'Quentin', 'Quast', 'quentin.quast@both.example', {}),
  lead(20, 'Rosa', 'Roth', null, { companyname: 'Ohne Adresse KG' }),
  lead(21, 'Sven', 'Sommer', 'sven.sommer@sommer.example', { leadsourcecode: 8 }),
  lead(22, 'Tina', 'Tamm', 'tina.tamm@sommer.example', { leadsourcecode: 8 }),
];

function lead(number: number, firstname: string, lastname: string, emailaddress1: string | null, more: Row): Row {
  const made = `2025-${monthOf(number)}-15T10:00:00Z`;
  const leadid = leadId(number);
  return {
    leadid,
    subject: 'Interested in our products',
    firstname,
    lastname,
    emailaddress1,
    ...madeAt(made),
    ...more,
  };
}

function monthOf(number: number): string {
  return String((number % 9) + 1).padStart(2, '0');
}

/** By Erika, if by nobody else; her own as well. */
export function madeAt(time: string): Row {
  return { createdon: time, modifiedon: time, _createdby_value: ERIKA_USER_ID };
}

// Contacts of the default organization.

const INACTIVE = { statecode: 1, statuscode: 2 };

export function contactId(number: number): string {
  return `c94d21e8-6f0a-4b7d-9a35-${String(number).padStart(12, '0')}`;
}

export const CONTACTS: readonly Row[] = [
  contact(1, 'Astrid', 'Ahlers', 'astrid.ahlers@kontor.example', { jobtitle: 'Geschäftsführerin' }),
  contact(2, 'Bernd', 'Böhm', 'bernd.boehm@kontor.example', {}),
  contact(3, 'Carla', "D'Angelo", "carla.d'angelo@olivia.example", {}),
  contact(4, 'Dmitri', 'Dorn', 'dmitri.dorn@kontor.example', { telephone1: '+49 40 5550104' }),
  contact(5, 'Eva', 'Engel', 'familie.engel@haus.example', {}),
  contact(6, 'Emil', 'Engel', 'familie.engel@haus.example', {}),
  contact(7, 'Quentin', 'Quast', 'quentin.quast@both.example', {}),
  // Made when lead 13 was qualified; lead 14's contact is only known through the lead's parent contact.
  contact(8, 'Lena', 'Lorenz', 'lena.lorenz@rheintal.example', { _originatingleadid_value: leadId(13) }),
  contact(9, 'Mats', 'Moberg', 'mats@moberg.example', {}),
  contact(10, 'Frank', 'Fuchs', 'frank.fuchs@former.example', INACTIVE),
  contact(11, 'Gina', 'Gross', 'gina.gross@kontor.example', { donotbulkemail: true }),
  contact(12, 'Henri', 'Hénin', 'henri.henin@etoile.example', { donotemail: true }),
  contact(13, 'Ines', 'Iglesias', 'ines.iglesias@sol.example', {}),
  contact(14, 'Ines', 'Iglesias', 'ines.iglesias.old@sol.example', {
    ...INACTIVE,
    merged: true,
    _masterid_value: contactId(13),
  }),
  contact(15, 'Jens', 'Jürgensen', 'jens.juergensen@kontor.example', {}),
  contact(16, 'Karin', 'Köhler', 'karin.koehler@haus.example', {}),
  contact(17, 'Liam', 'Lynch', 'liam.lynch@shamrock.example', {}),
  contact(18, 'Maria', 'Musil', 'maria.musil@haus.example', {}),
  contact(19, 'Nils', 'Norden', null, {}),
  contact(20, 'Olga', 'Orlova', 'olga.orlova@sol.example', {}),
];

/** Lead 14 was qualified into an existing contact. */
export const PARENT_CONTACT = { leadid: leadId(14), contactid: contactId(9) };

function contact(number: number, firstname: string, lastname: string, emailaddress1: string | null, more: Row): Row {
  const made = `2025-${monthOf(number)}-20T11:00:00Z`;
  return { contactid: contactId(number), firstname, lastname, emailaddress1, ...madeAt(made), ...more };
}
