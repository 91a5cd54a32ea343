import { type Exchange, msalNetwork, throughExchange } from '../../../src/auth/msal-network.ts';

const TOKEN_URL = 'https://login.example/t/oauth2/v2.0/token?client-request-id=1';
const POLL = { body: 'grant_type=device_code&device_code=dc' };

function answering(status: number, body: unknown): Exchange {
  return async () => ({ status, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) });
}

describe('msalNetwork', () => {
  it('calls a page of HTML what it is', async () => {
    const { body } = await msalNetwork(answering(200, '<html>Sign in to the Wi-Fi</html>')).sendGetRequestAsync(
      TOKEN_URL,
    );
    expect(body).toMatchObject({ error: 'invalid_answer', error_description: expect.stringContaining('not JSON') });
  });

  it('waits five seconds more when polls come too often', async () => {
    const waited: number[] = [];
    const sleep = async (ms: number): Promise<void> => void waited.push(ms);
    const network = msalNetwork(answering(400, { error: 'slow_down' }), { sleep });
    await expect(network.sendPostRequestAsync(TOKEN_URL, POLL)).resolves.toMatchObject({
      body: { error: 'authorization_pending' },
    });
    expect(waited).toEqual([5_000]);
  });

  it.each([
    ['a poll', TOKEN_URL, POLL],
    ['the request for a code', 'https://login.example/t/oauth2/v2.0/devicecode', { body: 'client_id=1' }],
  ])('keeps the reason why %s was refused', async (_name, url, options) => {
    const refusal = { error: 'authorization_declined', error_description: 'AADSTS70018: Denied.' };
    await expect(msalNetwork(answering(400, refusal)).sendPostRequestAsync(url, options)).rejects.toMatchObject({
      errorCode: 'authorization_declined',
      message: expect.stringContaining('AADSTS70018'),
    });
  });
});

describe('throughExchange', () => {
  const lost = new Error('no connection');
  const failing: Exchange = async () => {
    throw lost;
  };

  it('throws what the exchange threw, whatever msal made of it', async () => {
    const asMsal = throughExchange(failing, async (network) => {
      await network.sendGetRequestAsync(TOKEN_URL).catch(() => undefined);
      throw new Error('network_error');
    });
    await expect(asMsal).rejects.toBe(lost);
  });

  it('throws msal’s own error when the last answer came', async () => {
    let calls = 0;
    const recovering: Exchange = async () => {
      calls += 1;
      if (calls === 1) throw lost;
      return { status: 400, headers: {}, body: '{}' };
    };
    const refused = new Error('invalid_grant');
    const asMsal = throughExchange(recovering, async (network) => {
      await network.sendGetRequestAsync(TOKEN_URL).catch(() => undefined);
      await network.sendGetRequestAsync(TOKEN_URL);
      throw refused;
    });
    await expect(asMsal).rejects.toBe(refused);
  });
});
