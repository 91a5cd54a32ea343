/** Contacts of the default organization. */
import type { Row } from '../../store/row-store.ts';
import { leadId } from './leads.ts';
import { ERIKA_USER_ID } from './users.ts';

const ACTIVE = { statecode: 0, statuscode: 1 };
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
  const month = String((number % 9) + 1).padStart(2, '0');
  return {
    contactid: contactId(number),
    firstname,
    lastname,
    emailaddress1,
    ...ACTIVE,
    createdon: `2025-${month}-20T11:00:00Z`,
    modifiedon: `2025-${month}-20T11:00:00Z`,
    _createdby_value: ERIKA_USER_ID,
    _ownerid_value: ERIKA_USER_ID,
    ...more,
  };
}
