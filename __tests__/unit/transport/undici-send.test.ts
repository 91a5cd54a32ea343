import v8 from 'node:v8';
import { openSend } from '../../../src/transport/undici-send.ts';

describe('openSend', () => {
  afterEach(() => jest.restoreAllMocks());

  it.each([
    ['arm64', [['--liftoff-only']]],
    ['s390x', []],
  ] as const)('lets V8 compile its parser once where that cannot end the process: %s', async (arch, flags) => {
    const setFlags = jest.spyOn(v8, 'setFlagsFromString').mockReturnValue();
    await openSend({ connections: 1, arch }).close();
    expect(setFlags.mock.calls).toEqual(flags);
  });
});
