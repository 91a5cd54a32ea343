import fc from 'fast-check';
import { lineText } from '../../../src/line-pieces.ts';
import { type EventForm, sharedText } from '../../../src/membership/event-form.ts';

/** Texts that could be taken for the places of what is an event's own, or for JSON around them. */
const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '[', ']', '{', ',', 'own', '0', '1', '\n', '\t', '\u0001'),
    maxLength: 8,
  }),
  fc.constantFrom('own0', 'own1', 'own00', '["own0"]', '"own0"', '\\u006fwn0', '\ud800', '$1', '$&', '.*'),
);
const place = fc.record({ source: odd, line: fc.nat(), ref: fc.option(odd, { nil: undefined }) });
const told = fc.record({
  form: fc.record({
    kind: fc.constantFrom('added', 'removed', 'created'),
    organizationId: odd,
    campaign: fc.record({ id: odd, name: odd, code: odd }),
    personType: fc.constantFrom('lead', 'contact'),
    time: odd,
    list: fc.option(fc.record({ id: odd, name: odd }), { nil: undefined }),
    created: fc.option(fc.boolean(), { nil: undefined }),
    run: fc.option(odd, { nil: undefined }),
  }),
  id: odd,
  personId: odd,
  email: fc.option(odd, { nil: undefined }),
  listMemberId: odd,
  input: fc.option(place, { nil: undefined }),
});
type Told = typeof told extends fc.Arbitrary<infer T> ? T : never;

/** The documented object, in its documented order. */
function eventOf({ form, id, personId, email, listMemberId, input }: Told): object {
  const triggers = {
    added: 'Added to Microsoft Campaign',
    removed: 'Removed from Microsoft Campaign',
    created: 'Lead is Synced to Microsoft',
  };
  return {
    specversion: '1.0',
    id,
    source: `urn:dynamics:${form.organizationId}:campaign:${form.campaign.id}`,
    type: `dyncamp.person.${form.kind}`,
    subject: `${form.personType}s/${personId}`,
    time: form.time,
    datacontenttype: 'application/json',
    data: {
      trigger: triggers[form.kind],
      campaign: { id: form.campaign.id, name: form.campaign.name, code: form.campaign.code },
      person: { type: form.personType, id: personId, email, created: form.created },
      list: form.list && { id: form.list.id, name: form.list.name },
      listMemberId: form.list && listMemberId,
      run: form.run,
      input: input && { source: input.source, line: input.line, ref: input.ref },
    },
  };
}

const content = (text: string): string => JSON.stringify(text).slice(1, -1);

function lineOf({ form, id, personId, email, listMemberId, input }: Told) {
  const whole: EventForm = {
    ...form,
    hasEmail: email !== undefined,
    input: input && { source: input.source, hasRef: input.ref !== undefined },
  };
  const texts = [id, personId, personId, email, form.list && listMemberId].filter((text) => text !== undefined);
  const own = texts.map(content);
  if (input !== undefined) own.push(String(input.line));
  if (input?.ref !== undefined) own.push(content(input.ref));
  return { shared: sharedText(whole), own };
}

const plain: Told = {
  form: {
    kind: 'added',
    organizationId: 'organization',
    campaign: { id: 'campaign', name: 'Spring', code: 'S' },
    personType: 'lead',
    time: '2026-11-21T09:00:00.000Z',
    list: { id: 'list', name: 'Mkto-leads' },
    created: false,
    run: 'run',
  },
  id: 'event',
  personId: 'person',
  email: 'kim@x.de',
  listMemberId: 'row',
  input: { source: 'people.csv', line: 12, ref: 'Kim@x.de' },
};

describe('sharedText', () => {
  it('is the documented event around what is its own, whatever its texts say', () => {
    fc.assert(
      fc.property(told, (event) => {
        const line = lineOf(event);
        expect(line.shared).toHaveLength(line.own.length + 1);
        const text = lineText(line);
        expect(text).toBe(JSON.stringify(eventOf(event)));
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(eventOf(event))));
      }),
      { numRuns: 300 },
    );
  });

  it('is cut where the own texts stand, and has the fields in their order', () => {
    const { shared, own } = lineOf(plain);
    expect(own).toEqual(['event', 'person', 'person', 'kim@x.de', 'row', '12', 'Kim@x.de']);
    expect(shared).toEqual([
      '{"specversion":"1.0","id":"',
      '","source":"urn:dynamics:organization:campaign:campaign","type":"dyncamp.person.added","subject":"leads/',
      '","time":"2026-11-21T09:00:00.000Z","datacontenttype":"application/json","data":{"trigger":"Added to Microsoft Campaign","campaign":{"id":"campaign","name":"Spring","code":"S"},"person":{"type":"lead","id":"',
      '","email":"',
      '","created":false},"list":{"id":"list","name":"Mkto-leads"},"listMemberId":"',
      '","run":"run","input":{"source":"people.csv","line":',
      ',"ref":"',
      '"}}}',
    ]);
  });

  it.each<[string, Partial<Told>, number]>([
    ['the e-mail', { email: undefined }, 7],
    ['the ref', { input: { source: '-', line: 1, ref: undefined } }, 7],
    ['the list', { form: { ...plain.form, list: undefined } }, 7],
    ['the input', { input: undefined }, 6],
  ])('leaves out the place of what the form has not: %s', (_what, changes, pieces) => {
    expect(lineOf({ ...plain, ...changes }).shared).toHaveLength(pieces);
  });

  it('has no control character, which the journal keeps for itself', () => {
    fc.assert(
      fc.property(told, (event) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: it is they that are looked for
        for (const piece of lineOf(event).shared) expect(piece).not.toMatch(/[\0-\x1f]/);
      }),
    );
  });
});
