import type { PersonRecord } from '../../../src/dataverse/wire.ts';
import type { AddRules } from '../../../src/people/add-rules.ts';
import { LAST_SEQUENCE, planCreation } from '../../../src/people/plan-creation.ts';
import { ADD_RULES, byEmail, createdId, lead, viewOf, withName } from '../change/people.ts';
import { leadTable } from './attributes/columns.ts';

const rules: AddRules = { ...ADD_RULES, defaults: { companyname: 'Default Ltd' } };
const idOf = (sequence: number) => createdId('ann@x.de', sequence);
const plan = (people: readonly PersonRecord[] = [], row = withName('Ann@X.de'), more: Partial<AddRules> = {}) =>
  planCreation(row, leadTable(), viewOf(...people), { ...rules, ...more });
const taken = (sequence: number, more: Partial<PersonRecord> = {}) =>
  lead(idOf(sequence), { email: 'other@x.de', ...more });

describe('planCreation', () => {
  it('gives the row’s values before the defaults, the e-mail as written, and the campaign', () => {
    const row = byEmail('Ann@X.de', { attributes: { emailaddress1: 'Ann@X.de', lastname: 'Doe', companyname: 'Own' } });
    expect(plan([], row)).toMatchObject({
      person: { id: idOf(1) },
      creation: {
        values: {
          emailaddress1: 'Ann@X.de',
          lastname: 'Doe',
          companyname: 'Own',
          'campaignid@odata.bind': `/campaigns(${rules.campaignId})`,
        },
      },
    });
    expect(plan()).toMatchObject({ creation: { values: { companyname: 'Default Ltd' } } });
  });

  it('leaves out somebody whose own row wants no e-mail, with --skip-opted-out only', () => {
    const row = byEmail('ann@x.de', { attributes: { lastname: 'Doe', donotbulkemail: 'yes' } });
    expect(plan([], row, { skipOptedOut: true })).toMatchObject({ outcome: { outcome: 'opted-out' } });
    expect(plan([], row)).toMatchObject({ creation: { values: { donotbulkemail: true } } });
  });

  it('refuses values that do not fit, with the code', () => {
    const row = byEmail('ann@x.de', { attributes: { lastname: 'Doe', donotbulkemail: 'perhaps' } });
    expect(plan([], row)).toMatchObject({ outcome: { outcome: 'cannot-create', code: expect.any(String) } });
  });

  it.each<[string, readonly PersonRecord[], number, 'fail' | 'create-new']>([
    ['free', [], 1, 'fail'],
    ['somebody else’s', [taken(1)], 2, 'fail'],
    ['the same, closed; a new one is wanted', [taken(1, { email: 'ann@x.de', state: 'inactive' })], 2, 'create-new'],
    ['the same person’s, made by another run just now', [taken(1, { email: 'ann@x.de' })], 1, 'fail'],
    ['the same person’s in another spelling', [taken(1, { email: 'ａnn@x.de' })], 1, 'fail'],
    ['somebody else’s, and the next the same person’s', [taken(1), taken(2, { email: 'ann@x.de' })], 2, 'fail'],
  ])('takes an id that is right when the first is %s', (_, people, sequence, onInactive) => {
    expect(plan(people, undefined, { onInactive })).toMatchObject({
      person: { id: idOf(sequence) },
      creation: { sequence },
    });
  });

  it('never takes one of somebody else', () => {
    const people = Array.from({ length: LAST_SEQUENCE }, (_, place) => taken(place + 1));
    expect(plan(people.slice(0, -1))).toMatchObject({ creation: { sequence: 10 } });
    expect(plan(people)).toMatchObject({ outcome: { outcome: 'rejected', code: 'ID_TAKEN' } });
  });
});
