import { openGate } from '../../../../src/emulator/timing/service-protection.ts';

describe('openGate', () => {
  const [refused, other] = [{}, {}];
  const afterRefusal = () => {
    const gate = openGate(() => undefined);
    gate.recordRetryAfter('u', { untilMs: 60_000, arrival: { connection: refused, atMs: 900 }, nowMs: 1000 });
    return gate;
  };
  const arrives = (connection: object, atMs: number, organizationMs = 50_000) => ({
    arrival: { connection, atMs },
    organizationMs,
  });

  it.each([
    ['on the wire when the refusal was decided', 'u', arrives(other, 990), false],
    ['sent while the refusal was on its way', 'u', arrives(other, 1100), false],
    ['sent after it was received', 'u', arrives(other, 1600), true],
    ['next on the connection that was refused', 'u', arrives(refused, 1001), true],
    ['after the wait', 'u', arrives(refused, 2000, 60_000), false],
    ['of another user', 'v', arrives(refused, 2000), false],
  ])('knows whether a request %s ignores it', (_when, user, request, isIgnored) => {
    expect(afterRefusal().ignoresRetryAfter(user, request)).toBe(isIgnored);
  });

  it('keeps the longest wait', () => {
    const gate = afterRefusal();
    gate.recordRetryAfter('u', { untilMs: 20_000, arrival: { connection: other, atMs: 1000 }, nowMs: 1010 });
    expect(gate.ignoresRetryAfter('u', arrives(refused, 5000, 59_000))).toBe(true);
  });
});
