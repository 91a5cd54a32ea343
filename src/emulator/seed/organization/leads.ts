/** Leads of the default organization. All addresses end in `.example`. */
import type { Row } from '../../store/row-store.ts';
import { ERIKA_USER_ID } from './users.ts';

const OPEN = { statecode: 0, statuscode: 1 };
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
  const month = String((number % 9) + 1).padStart(2, '0');
  return {
    leadid: leadId(number),
    subject: 'Interested in our products',
    firstname,
    lastname,
    emailaddress1,
    ...OPEN,
    createdon: `2025-${month}-15T10:00:00Z`,
    modifiedon: `2025-${month}-15T10:00:00Z`,
    _createdby_value: ERIKA_USER_ID,
    _ownerid_value: ERIKA_USER_ID,
    ...more,
  };
}
