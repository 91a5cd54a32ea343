import { cachedTokens, fixedToken } from '../../../src/auth/token-source.ts';

const MINUTE = 60_000;

/** Tokens that live an hour, numbered, with a clock the test moves. */
function source(options: { readonly lifeMs?: number } = {}) {
  const clock = { time: 0, now: () => clock.time };
  const requests: boolean[] = [];
  let failure: Error | undefined;
  const tokens = cachedTokens(clock, async ({ fresh }) => {
    requests.push(fresh);
    if (failure !== undefined) throw failure;
    return { token: `t${requests.length}`, expiresAt: clock.time + (options.lifeMs ?? 60 * MINUTE) };
  });
  return {
    tokens,
    requests,
    at: (time: number) => {
      clock.time = time;
    },
    fail: (error: Error | undefined) => {
      failure = error;
    },
  };
}

describe('cachedTokens', () => {
  it('keeps a token until five minutes before its end', async () => {
    const { tokens, requests, at } = source();
    await expect(tokens.token()).resolves.toBe('t1');
    at(55 * MINUTE - 1);
    await expect(tokens.token()).resolves.toBe('t1');
    at(55 * MINUTE);
    await expect(tokens.token()).resolves.toBe('t2');
    expect(requests).toEqual([false, true]);
  });

  it('fetches once for all who ask at the same time', async () => {
    const { tokens, requests } = source();
    await expect(Promise.all([tokens.token(), tokens.token(), tokens.token({ renew: true })])).resolves.toEqual([
      't1',
      't1',
      't1',
    ]);
    expect(requests).toHaveLength(1);
  });

  it('renews when the last token was refused', async () => {
    const { tokens, requests } = source();
    await tokens.token();
    await expect(tokens.token({ renew: true })).resolves.toBe('t2');
    expect(requests).toEqual([false, true]);
  });

  it('renews once for all whose old token was refused, however late they come', async () => {
    const { tokens, requests } = source();
    await tokens.token();
    await expect(tokens.token({ renew: true, refused: 't1' })).resolves.toBe('t2');
    await expect(tokens.token({ renew: true, refused: 't1' })).resolves.toBe('t2');
    expect(requests).toHaveLength(2);
    await expect(tokens.token({ renew: true, refused: 't2' })).resolves.toBe('t3');
  });

  it('renews again when the renewed token has ended meanwhile', async () => {
    const { tokens, at } = source();
    await tokens.token();
    at(10 * MINUTE);
    await tokens.token({ renew: true, refused: 't1' });
    at(70 * MINUTE);
    await expect(tokens.token({ renew: true, refused: 't1' })).resolves.toBe('t3');
  });

  it('uses a token of a short life for half of it', async () => {
    const { tokens, at } = source({ lifeMs: 2 * MINUTE });
    await tokens.token();
    at(MINUTE - 1);
    await expect(tokens.token()).resolves.toBe('t1');
    at(MINUTE);
    await expect(tokens.token()).resolves.toBe('t2');
  });

  it('goes on with the old token when renewing early fails', async () => {
    const { tokens, at, fail } = source();
    await tokens.token();
    fail(new Error('down'));
    at(56 * MINUTE);
    await expect(tokens.token()).resolves.toBe('t1');
    at(60 * MINUTE);
    await expect(tokens.token()).rejects.toThrow('down');
  });

  it('does not go on with a token that was refused', async () => {
    const { tokens, fail } = source();
    await tokens.token();
    fail(new Error('down'));
    await expect(tokens.token({ renew: true })).rejects.toThrow('down');
  });

  it('tries again after a failure', async () => {
    const { tokens, fail } = source();
    fail(new Error('down'));
    await expect(tokens.token()).rejects.toThrow('down');
    fail(undefined);
    await expect(tokens.token()).resolves.toBe('t2');
  });
});

describe('fixedToken', () => {
  it('is read anew each time', async () => {
    let value = 'a';
    const tokens = fixedToken(() => value);
    await expect(tokens.token()).resolves.toBe('a');
    value = 'b';
    await expect(tokens.token({ renew: true })).resolves.toBe('b');
  });
});
