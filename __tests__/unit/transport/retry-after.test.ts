import { DEFAULT_RETRY_AFTER_MS, retryAfterMs } from '../../../src/transport/trouble.ts';

const NOW = Date.parse('2026-11-21T09:00:00Z');

describe('retryAfterMs', () => {
  it.each([
    ['7', 7_000],
    [' 420 ', 420_000],
    ['86400', 86_400_000],
    ['1.25', 1_250],
    ['0', 1_000],
    ['Sat, 21 Nov 2026 09:00:30 GMT', 30_000],
    ['Saturday, 21-Nov-26 09:10:00 GMT', 600_000],
    ['Sat Nov 21 09:01:00 2026', 60_000],
    ['Sat, 21 Nov 2026 08:00:00 GMT', 1_000],
    ['9'.repeat(20), 3_153_600_000_000],
    ['9'.repeat(400), 3_153_600_000_000],
  ])('reads %j as %d ms', (header, expected) => {
    expect(retryAfterMs(header, NOW)).toBe(expected);
  });

  it.each([undefined, '', 'soon', '-5', '7 seconds', 'Sat, 99 Foo', 'NaN', '1e9'])(
    'takes the default for %j',
    (header) => {
      expect(retryAfterMs(header, NOW)).toBe(DEFAULT_RETRY_AFTER_MS);
    },
  );
});
