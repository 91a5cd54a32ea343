import { lineText } from '../../../src/line-pieces.ts';
import { rebuiltAddedEvent, triggerEvents } from '../../../src/membership/trigger-event.ts';

const context = {
  organizationId: 'organization',
  campaign: { id: 'campaign', name: 'Spring', code: 'S' },
  runId: 'run',
  email: 'full',
} as const;
const at = Date.UTC(2026, 10, 21, 9);
const list = { id: 'list', name: 'Mkto-leads' };
const createdOn = '2026-11-21T09:00:00Z';
const ODD = ['"', '\\', '\n', '\t', '\u0001', '\u2028', '\ud800', 'own0', '["own0"]'];

describe('an event whose own texts need escaping', () => {
  it.each(ODD)('of a creation says %j as it is', (text) => {
    const event = triggerEvents(context).created({
      person: { type: 'lead', id: text, email: text },
      place: { source: '-', line: 7, ref: text },
      at,
    });
    expect(JSON.parse(lineText(event.line)).data).toMatchObject({
      person: { type: 'lead', id: text, email: text },
      input: { source: '-', line: 7, ref: text },
    });
  });

  it.each(ODD)('that names no address says the ref %j as it is', (text) => {
    const event = triggerEvents({ ...context, email: 'none' }).membership({
      change: 'removed',
      person: { type: 'lead', id: text, email: 'ann@x.de' },
      created: false,
      list,
      listMember: { id: text, createdOn },
      place: { source: '-', line: 7, ref: text },
      at,
    });
    const { person, listMemberId, input } = JSON.parse(lineText(event.line)).data;
    expect({ person, listMemberId, input }).toEqual({
      person: { type: 'lead', id: text, created: false },
      listMemberId: text,
      input: { source: '-', line: 7, ref: text },
    });
  });

  it.each(ODD)('that is rebuilt says %j as it is', (text) => {
    const event = rebuiltAddedEvent(context, {
      person: { type: 'contact', id: text, email: text },
      list: { id: text, name: text },
      listMember: { id: text, createdOn },
    });
    const { person, list: ofList, listMemberId } = JSON.parse(lineText(event.line)).data;
    expect({ person, ofList, listMemberId }).toEqual({
      person: { type: 'contact', id: text, email: text },
      ofList: { id: text, name: text },
      listMemberId: text,
    });
  });
});

describe('the forms of one context', () => {
  it('are a few at a time: an input of many sources does not keep them all', () => {
    const events = triggerEvents(context);
    const sharedBy = (source: string) =>
      events.created({ person: { type: 'lead', id: 'p', email: '' }, place: { source, line: 1, ref: 'r' }, at }).line
        .shared;
    const first = sharedBy('0.csv');
    for (let number = 1; number < 15; number += 1) sharedBy(`${number}.csv`);
    expect(sharedBy('0.csv')).toBe(first);
    for (let number = 1; number < 40; number += 1) sharedBy(`${number}.csv`);
    expect(sharedBy('0.csv')).not.toBe(first);
    expect(sharedBy('0.csv')).toEqual(first);
  });
});
