import { ignoresHangUp, openSignals } from '../../../src/run/signals.ts';

const status = (ignored: string): string =>
  `SigBlk:\t0000000000000000\nSigIgn:\t${ignored}\nSigCgt:\t0000000100004603\n`;

describe('ignoresHangUp', () => {
  it.each([
    ['ignored by the one who started it', '0000000001001001', [0, 1, 2], true],
    ['not ignored, on a terminal', '0000000001001000', [0, 1, 2], false],
    ['not ignored, with only stdin on a terminal', '0000000001001000', [0], false],
    ['not ignored, with only stderr on a terminal', '0000000001001000', [2], false],
    ['no terminal, as nohup leaves it', '0000000001001000', [], true],
    ['only stdout on a terminal', '0000000001001000', [1], true],
  ])('tells %s', (_name, ignored, terminals, expected) => {
    expect(ignoresHangUp({ status: status(ignored), isatty: (fd) => terminals.includes(fd) })).toBe(expected);
  });

  it('goes by the terminals where the system does not tell', () => {
    expect(ignoresHangUp({ status: undefined, isatty: () => true })).toBe(false);
    expect(ignoresHangUp({ status: undefined, isatty: () => false })).toBe(true);
  });
});

describe('openSignals', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('makes of %s exit code %d, once', (signal, code) => {
    const signals = openSignals();
    expect(signals.catchSignals().aborted).toBe(false);
    expect(signals.request(signal)).toBe(true);
    expect(signals.request('SIGINT')).toBe(false);
    expect(signals.exitCode()).toBe(code);
  });
});
