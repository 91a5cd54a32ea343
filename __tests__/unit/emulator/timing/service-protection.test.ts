import { openGate } from '../../../../src/emulator/timing/service-protection.ts';

describe('openGate', () => {
  const [refused, other] = [{}, {}];
  const told = () => {
    const gate = openGate(() => undefined);
    gate.told('u', { untilMs: 60_000, arrival: { connection: refused, atMs: 900 }, nowMs: 1000 });
    return gate;
  };
  const arrives = (connection: object, atMs: number, organizationMs = 50_000) => ({
    arrival: { connection, atMs },
    organizationMs,
  });

  it.each([
    ['on the wire when the refusal was decided', 'u', arrives(other, 990), false],
    ['sent while the refusal was on its way', 'u', arrives(other, 1100), false],
    ['sent by somebody who knew', 'u', arrives(other, 1600), true],
    ['next on the connection that was refused', 'u', arrives(refused, 1001), true],
    ['after the wait', 'u', arrives(refused, 2000, 60_000), false],
    ['of another user', 'v', arrives(refused, 2000), false],
  ])('judges a request %s', (_when, user, request, isIgnored) => {
    expect(told().isIgnored(user, request)).toBe(isIgnored);
  });

  it('keeps the longest wait', () => {
    const gate = told();
    gate.told('u', { untilMs: 20_000, arrival: { connection: other, atMs: 1000 }, nowMs: 1010 });
    expect(gate.isIgnored('u', arrives(refused, 5000, 59_000))).toBe(true);
  });
});
