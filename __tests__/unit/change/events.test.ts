import {
  creationEvent,
  type EventContext,
  eventLine,
  membershipEvent,
  rebuiltAddedEvent,
} from '../../../src/change/events.ts';
import type { NewEvent } from '../../../src/journal/journal.ts';

const context: EventContext = {
  organizationId: '0d0c4b1e-5a3f-4d9a-9c61-2f7e8a31c0de',
  campaign: { id: '11111111-2222-4333-8444-555555555555', name: 'Spring', code: 'SP26' },
  eventEmail: 'full',
};
const person = { type: 'lead', id: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee', email: 'ann@x.de' } as const;
const place = { source: 'people.csv', line: 12, ref: 'Ann@X.de' };
const at = Date.UTC(2026, 10, 21, 9);
const intent = {
  personType: person.type,
  personId: person.id,
  email: person.email,
  created: false,
  listId: 'list-1',
  listName: 'Mkto-leads-1',
  place,
};
const listMember = { id: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee', createdOn: '2026-11-21T09:00:00Z' };
const added = { change: 'added', listMember, at } as const;

const lineOf = (event: NewEvent, runId = 'run-1') => eventLine({ ...event, runId });
const jsonOf = (event: NewEvent, runId?: string) => JSON.parse(lineOf(event, runId));

describe('an event', () => {
  it('of an addition is a CloudEvent of the documented shape', () => {
    const event = membershipEvent(context, intent, added);
    expect(jsonOf(event)).toEqual({
      specversion: '1.0',
      id: '9dfa8a0a-fcf1-5548-9a6f-7560e108fc7f',
      source: 'urn:dynamics:0d0c4b1e-5a3f-4d9a-9c61-2f7e8a31c0de:campaign:11111111-2222-4333-8444-555555555555',
      type: 'dyncamp.person.added',
      subject: 'leads/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
      time: '2026-11-21T09:00:00.000Z',
      datacontenttype: 'application/json',
      data: {
        trigger: 'Added to Microsoft Campaign',
        campaign: context.campaign,
        person: { ...person, created: false },
        list: { id: 'list-1', name: 'Mkto-leads-1' },
        listMemberId: listMember.id,
        run: 'run-1',
        input: place,
      },
    });
    expect(event).toMatchObject({ personId: person.id, listId: 'list-1', listMemberId: listMember.id });
    expect(lineOf(event)).not.toContain('\n');
  });

  it('of a removal has an id and a trigger of its own', () => {
    const event = membershipEvent(context, intent, { ...added, change: 'removed' });
    expect(jsonOf(event)).toMatchObject({
      id: '34161adb-67ad-5e98-b800-eff8cd7bfa72',
      type: 'dyncamp.person.removed',
      data: { trigger: 'Removed from Microsoft Campaign' },
    });
  });

  it('of a creation has no list, no row and no person.created', () => {
    const { data, ...envelope } = jsonOf(creationEvent(context, intent, at));
    expect(envelope).toMatchObject({ id: '30a2c0f8-5d4d-5a07-8ced-7074ef653a61', type: 'dyncamp.person.created' });
    expect(data).toEqual({
      trigger: 'Lead is Synced to Microsoft',
      campaign: context.campaign,
      person,
      run: 'run-1',
      input: place,
    });
  });

  it('says nothing of an address with --event-email none', () => {
    const quiet = { ...context, eventEmail: 'none' } as const;
    const events = [membershipEvent(quiet, intent, added), creationEvent(quiet, intent, at)];
    for (const event of events) expect(lineOf(event)).not.toMatch(/@|email|ann/i);
    const byId = membershipEvent(quiet, { ...intent, place: { ...place, ref: 'lead:1' } }, added);
    expect(jsonOf(byId).data.input).toEqual({ source: 'people.csv', line: 12, ref: 'lead:1' });
  });

  it.each(['"', '\\', '\n', '\t', '\u0001', '\u2028', 'Zoë', '["own0"]', '{}'])('may say %j anywhere', (text) => {
    const event = membershipEvent(
      { ...context, campaign: { id: text, name: text, code: text } },
      {
        ...intent,
        personType: 'contact',
        personId: text,
        email: text,
        listId: text,
        listName: text,
        place: { source: text, line: 0, ref: text },
      },
      { ...added, listMember: { ...listMember, id: text } },
    );
    const { subject, data } = jsonOf(event, text);
    expect(subject).toBe(`contacts/${text}`);
    expect(data).toEqual({
      trigger: 'Added to Microsoft Campaign',
      campaign: { id: text, name: text, code: text },
      person: { type: 'contact', id: text, email: text, created: false },
      list: { id: text, name: text },
      listMemberId: text,
      run: text,
      input: { source: text, line: 0, ref: text },
    });
  });

  it('that is rebuilt may say anything too', () => {
    const text = '"\\\n\u2028';
    const event = rebuiltAddedEvent(
      context,
      { ...listMember, id: text },
      { personType: 'contact', personId: text, email: text, listId: text, listName: text },
    );
    expect(JSON.parse(eventLine(event)).data).toEqual({
      trigger: 'Added to Microsoft Campaign',
      campaign: context.campaign,
      person: { type: 'contact', id: text, email: text },
      list: { id: text, name: text },
      listMemberId: text,
    });
  });

  it('says half a character as what the journal can keep', () => {
    const event = membershipEvent(context, { ...intent, place: { ...place, ref: 'a\ud800b😀' } }, added);
    expect(jsonOf(event).data.input.ref).toBe('a\ufffdb😀');
  });

  it('has the same id in every run and at every time', () => {
    const again = membershipEvent(context, { ...intent, place: { ...place, line: 1 } }, { ...added, at: at + 5000 });
    expect(again.id).toBe(membershipEvent(context, intent, added).id);
  });
});
