import { momentOf, parseSince } from '../../../../src/commands/events/select-events.ts';

const NOW = Date.UTC(2026, 10, 21, 9);
const HOUR = 3_600_000;

describe('parseSince', () => {
  it('says that a day does not exist', () => {
    expect(() => parseSince('2026-11-31')).toThrow('There is no such day. Give a time');
  });

  it.each([
    ['2026-11-21', Date.UTC(2026, 10, 21)],
    ['2026-11-21T08:30', Date.UTC(2026, 10, 21, 8, 30)],
    ['2026-11-21 08:30:15', Date.UTC(2026, 10, 21, 8, 30, 15)],
    ['2026-11-21T08:30:15.250Z', Date.UTC(2026, 10, 21, 8, 30, 15, 250)],
    ['2026-11-21T08:30:00+01:00', Date.UTC(2026, 10, 21, 7, 30)],
    [' 2h ', NOW - 2 * HOUR],
    ['3d', NOW - 72 * HOUR],
    ['1h30m', NOW - 1.5 * HOUR],
  ])('takes %j', (text, expected) => {
    expect(momentOf(parseSince(text), NOW)).toBe(expected);
  });

  const ODD = 'yesterday 2026 20261121 2026-13-01 2026-11-31 2027-02-29T10:00Z 2026-11-21T25:00 -2h 12'.split(' ');
  it.each(['', '2 hours', ...ODD])('refuses %j, which could mean something else', (text) => {
    expect(() => parseSince(text)).toThrow('Give a time such as');
  });
});
