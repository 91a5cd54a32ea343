/**
 * People by number, for size: even numbers are contacts, odd ones leads; e-mail `person<N>@people.example`.
 * Ids: `1ead0000-0000-4000-8000-<N in 12 digits>` and `c0de0000-0000-4000-8000-<N in 12 digits>`.
 */
import { APPLICATION_USER_ID, ORGANIZATION } from '../organization.ts';
import type { Row, RowStore } from '../store/row-store.ts';

const CHUNK = 5000;
const SETTING = 'generatedPeople';
const SINCE = '2025-01-01T00:00:00Z';

export function generatedId(number: number): string {
  const prefix = number % 2 === 0 ? 'c0de0000' : '1ead0000';
  return `${prefix}-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** Goes on where it, or another process, stopped; each chunk is one transaction. */
export function generatePeople(store: RowStore, count: number): void {
  while (generateChunk(store, count));
}

function generateChunk(store: RowStore, count: number): boolean {
  return store.transaction(() => {
    const first = Number(store.getSetting(SETTING) ?? 0) + 1;
    const last = Math.min(count, first + CHUNK - 1);
    for (let number = first; number <= last; number += 1) {
      store.insert(number % 2 === 0 ? 'contact' : 'lead', generatedPerson(number));
    }
    if (last >= first) store.setSetting(SETTING, String(last));
    return last < count;
  });
}

function generatedPerson(number: number): Row {
  const isContact = number % 2 === 0;
  return {
    [isContact ? 'contactid' : 'leadid']: generatedId(number),
    firstname: 'Person',
    lastname: `Number ${number}`,
    fullname: `Person Number ${number}`,
    emailaddress1: `person${number}@people.example`,
    statecode: 0,
    statuscode: 1,
    donotbulkemail: false,
    donotemail: false,
    merged: false,
    createdon: SINCE,
    modifiedon: SINCE,
    _createdby_value: APPLICATION_USER_ID,
    _modifiedby_value: APPLICATION_USER_ID,
    _ownerid_value: APPLICATION_USER_ID,
    _owninguser_value: APPLICATION_USER_ID,
    _owningbusinessunit_value: ORGANIZATION.businessUnitId,
    ...(isContact ? {} : { subject: 'Generated' }),
  };
}
