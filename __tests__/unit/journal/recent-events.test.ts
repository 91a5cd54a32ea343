import { recentEvents } from '../../../src/journal/recent-events.ts';
import { eventFor } from './fixture.ts';

const REMEMBERED = 20_000;
const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, place) => eventFor(`p${from + place}`));

describe('recentEvents', () => {
  it('takes each id and person once', () => {
    const recent = recentEvents();
    expect(recent.add(eventFor('a', 'added', 'x'))).toBe(true);
    expect(recent.add(eventFor('a', 'added', 'x'))).toBe(false);
    expect(recent.add(eventFor('b', 'added', 'x'))).toBe(true);
    expect(recent.add(eventFor('a', 'added', 'x'))).toBe(false);
  });

  it('takes again what it was told to forget, and nothing else', () => {
    const recent = recentEvents();
    recent.add(eventFor('a', 'added', 'x'));
    recent.add(eventFor('b', 'added', 'x'));
    recent.forget([eventFor('b', 'added', 'x')]);
    expect(recent.add(eventFor('a', 'added', 'x'))).toBe(false);
    expect(recent.add(eventFor('b', 'added', 'x'))).toBe(true);
  });

  it('remembers the last 20,000 at least, and twice as many at most', () => {
    const recent = recentEvents();
    for (const event of numbered(0, 2 * REMEMBERED + 1)) expect(recent.add(event)).toBe(true);
    expect(numbered(REMEMBERED, REMEMBERED).some((event) => recent.add(event))).toBe(false);
    expect(recent.add(eventFor('p0'))).toBe(true);
  });

  it('forgets also what it has put among the older ones', () => {
    const recent = recentEvents();
    const events = numbered(0, REMEMBERED + 1);
    for (const event of events) recent.add(event);
    recent.forget(events);
    expect(recent.add(eventFor('p0'))).toBe(true);
  });
});
