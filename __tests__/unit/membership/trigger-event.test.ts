import fc from 'fast-check';
import type { InputPlace } from '../../../src/input/input-row.ts';
import { lineText } from '../../../src/line-pieces.ts';
import {
  type EventContext,
  type TriggerEvent,
  type TriggerEvents,
  triggerEvents,
} from '../../../src/membership/trigger-event.ts';

const context: EventContext = {
  organizationId: '0d0c4b1e-5a3f-4d9a-9c61-2f7e8a31c0de',
  campaign: { id: '11111111-2222-4333-8444-555555555555', name: 'Spring', code: 'SP26' },
  runId: 'run-1',
  email: 'full',
};
const person = { type: 'lead', id: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee', email: 'ann@x.de' } as const;
const place = { source: 'people.csv', line: 12, ref: 'Ann@X.de' };
const at = Date.UTC(2026, 10, 21, 9);
const membership = {
  change: 'added',
  person,
  created: false,
  list: { id: 'list-1', name: 'Mkto-leads-1' },
  listMember: { id: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee', createdOn: '2026-11-21T09:00:00Z' },
  place,
  at,
} as const;

describe('an event', () => {
  it('of an addition is a CloudEvent of the documented shape', () => {
    const event = triggerEvents(context).membership(membership);
    expect(JSON.parse(lineText(event.line))).toEqual({
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
        list: membership.list,
        listMemberId: membership.listMember.id,
        run: 'run-1',
        input: place,
      },
    });
    expect(event).toMatchObject({ personId: person.id, listId: 'list-1', listMemberId: membership.listMember.id });
    expect(lineText(event.line)).not.toContain('\n');
  });

  it('has the time of its own read, whichever came before it', () => {
    const events = triggerEvents(context);
    const times = [at, at, at + 1000, at].map((read) => events.membership({ ...membership, at: read }).time);
    expect(times.map(Date.parse)).toEqual([at, at, at + 1000, at]);
  });

  it('of a removal has an id and a trigger of its own', () => {
    const event = triggerEvents(context).membership({ ...membership, change: 'removed' });
    expect(JSON.parse(lineText(event.line))).toMatchObject({
      id: '34161adb-67ad-5e98-b800-eff8cd7bfa72',
      type: 'dyncamp.person.removed',
      data: { trigger: 'Removed from Microsoft Campaign' },
    });
  });

  it('of a creation has no list, no row and no person.created', () => {
    const { data, ...envelope } = JSON.parse(lineText(triggerEvents(context).created({ person, place, at }).line));
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
    const quiet = { ...context, email: 'none' } as const;
    const events = [triggerEvents(quiet).membership(membership), triggerEvents(quiet).created({ person, place, at })];
    for (const { line } of events) expect(lineText(line)).not.toMatch(/@|email|ann/i);
    const byId = triggerEvents(quiet).membership({ ...membership, place: { ...place, ref: 'lead:1' } });
    expect(JSON.parse(lineText(byId.line)).data.input).toEqual({ source: 'people.csv', line: 12, ref: 'lead:1' });
  });

  it.each(['"', '\\', '\n', '\t', '\u0001', '\u2028', '\ud800', 'Zoë', '["own0"]', '{}'])(
    'may say %j anywhere',
    (text) => {
      const list = { id: text, name: text };
      const event = triggerEvents({
        ...context,
        campaign: { id: text, name: text, code: text },
        runId: text,
      }).membership({
        ...membership,
        person: { type: 'contact', id: text, email: text },
        list,
        listMember: { ...membership.listMember, id: text },
        place: { source: text, line: 0, ref: text },
      });
      const { subject, data } = JSON.parse(lineText(event.line));
      expect(subject).toBe(`contacts/${text}`);
      expect(data).toEqual({
        trigger: 'Added to Microsoft Campaign',
        campaign: { id: text, name: text, code: text },
        person: { type: 'contact', id: text, email: text, created: false },
        list,
        listMemberId: text,
        run: text,
        input: { source: text, line: 0, ref: text },
      });
    },
  );

  it('has the same id in every run and at every time', () => {
    const again = triggerEvents({ ...context, runId: 'run-2' }).membership({
      ...membership,
      at: at + 5000,
      place: { ...place, line: 1 },
    });
    expect(again.id).toBe(triggerEvents(context).membership(membership).id);
  });
});

/** Two of each, so that events of one batch differ now in this, now in that. */
const change = fc.record({
  change: fc.constantFrom('added', 'removed', 'created'),
  person: fc.record({
    type: fc.constantFrom('lead', 'contact'),
    id: fc.constantFrom('own0', 'b'),
    email: fc.constantFrom('ann@x.de', '"ä\u0001"@x.de'),
  }),
  created: fc.boolean(),
  list: fc.record({ id: fc.constantFrom('list-1', 'list-2'), name: fc.constantFrom('Mkto-leads-1', 'Mkto-"2"') }),
  listMember: fc.constantFrom(membership.listMember, { id: 'row', createdOn: '2026-11-22T09:00:00Z' }),
  place: fc.record({
    source: fc.constantFrom('people.csv', '-', 'own1'),
    line: fc.constantFrom(1, 12),
    ref: fc.constantFrom('Ann@X.de', 'lead:1', '\\'),
  }),
  at: fc.constantFrom(at, at + 1000),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function tell(events: TriggerEvents, { change: kind, ...event }: Change): TriggerEvent {
  return kind === 'created' ? events.created(event) : events.membership({ ...event, change: kind });
}

describe('the events of one context', () => {
  it.each(['full', 'none'] as const)('say what each would say alone, with --event-email %s', (email) => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 2, maxLength: 30 }), (changes) => {
        const events = triggerEvents({ ...context, email });
        for (const each of changes) {
          const [{ line, ...said }, { line: alone, ...expected }] = [
            tell(events, each),
            tell(triggerEvents({ ...context, email }), each),
          ];
          expect(said).toEqual(expected);
          expect(lineText(line)).toBe(lineText(alone));
        }
      }),
    );
  });

  it('share the text around what is their own: people of one list, read and source', () => {
    const events = triggerEvents(context);
    const [first, second] = ['a', 'b'].map((id, line) =>
      events.membership({
        ...membership,
        person: { ...person, id, email: `${id}@x.de` },
        list: { ...membership.list },
        listMember: { ...membership.listMember, id: `row-${id}` },
        place: { source: place.source, line, ref: id },
      }),
    );
    const created = events.created({ person, place, at });
    expect(second?.line.shared).toBe(first?.line.shared);
    expect(second?.line.own).toEqual([second?.id, 'b', 'b', 'b@x.de', 'row-b', '1', 'b']);
    expect(created.line.shared).not.toBe(first?.line.shared);
    expect(events.created({ person, place, at }).line.shared).toBe(created.line.shared);
    expect(events.membership(membership).line.shared).toBe(first?.line.shared);
  });

  it('name each its own source, however many there are', () => {
    const events = triggerEvents(context);
    const places = Array.from({ length: 40 }, (_, line) => ({ source: `part-${line}.csv`, line, ref: `lead:${line}` }));
    const tellAt = (each: InputPlace) => events.membership({ ...membership, place: each }).line;
    // Twice: those of the first time are forgotten meanwhile.
    for (const each of [...places, ...places]) {
      const line = tellAt(each);
      expect(JSON.parse(lineText(line)).data.input).toEqual(each);
      expect(tellAt(each).shared).toBe(line.shared);
    }
  });
});
