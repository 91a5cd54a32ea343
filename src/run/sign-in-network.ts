/** How sign-in reaches its servers: with the proxies, patience and --debug log of everything else, and never with a token of Dataverse. */
import { randomUUID } from 'node:crypto';
import type { Exchange } from '../auth/msal-network.ts';
import { TemporaryError } from '../errors.ts';
import type { Environment } from '../settings/connection-settings.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type Clock, compose, type Policy } from '../transport/http.ts';
import { logRequests } from '../transport/log.ts';
import { retry } from '../transport/retry.ts';
import { identify } from '../transport/user-agent.ts';
import { createWaiting, type WaitingOptions } from '../transport/waiting.ts';
import { logExchange } from './log-exchange.ts';

/** What of the context it uses. */
export type SignInNetworkContext = {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly random: () => number;
  readonly env: Environment;
  readonly options: { readonly maxWaitMs: number };
  onClose(close: () => unknown): void;
};

/** Entra ID answers in well under a second; a proxy that hangs must not hang a cron job. */
const TIMEOUT_MS = 60_000;
/** The identity endpoint of an Azure machine is a link-local neighbour. */
const IDENTITY_ENDPOINT_TIMEOUT_MS = 10_000;

/**
 * Entra ID, through the proxies of HTTPS_PROXY. Asking again for a token is safe, so that a lost answer is waited for as with any read.
 * Closed with the context.
 */
export async function entraExchange(
  context: SignInNetworkContext,
  { stop }: Pick<WaitingOptions, 'stop'> = {},
): Promise<Exchange> {
  const { clock, random, options } = context;
  const policies = [retry({ clock, random, maxWaitMs: options.maxWaitMs, waiting: createWaiting(clock, { stop }) })];
  const send = await openExchange(context, { policies, timeoutMs: TIMEOUT_MS, environment: context.env });
  return async (request) => {
    try {
      return await send(request);
    } catch (error) {
      throw error instanceof TemporaryError && error.code === 'THROTTLED' ? throttled(error, request.url) : error;
    }
  };
}

/** The identity endpoint of the Azure machine this runs on: never through a proxy, and with msal's own rules for repeating. */
export function identityEndpointExchange(context: SignInNetworkContext): Promise<Exchange> {
  return openExchange(context, { policies: [], timeoutMs: IDENTITY_ENDPOINT_TIMEOUT_MS, environment: {} });
}

type ExchangeOptions = {
  readonly policies: readonly Policy[];
  readonly timeoutMs: number;
  readonly environment: Environment;
};

async function openExchange(
  context: SignInNetworkContext,
  { policies, timeoutMs, environment }: ExchangeOptions,
): Promise<Exchange> {
  const [{ openSend }, { VERSION }, { userAgent }] = await Promise.all([
    import('../transport/undici-send.ts'),
    import('../version.ts'),
    import('../transport/user-agent.ts'),
  ]);
  const network = openSend({ connections: 2, timeoutMs, environment });
  context.onClose(() => network.close());
  const log = context.terminal.debug
    ? [logRequests(context.clock, (record) => void logExchange(context.terminal, record))]
    : [];
  const all = [...policies, identify({ uuid: randomUUID, userAgent: userAgent(VERSION) }), ...log];
  const send = compose(all, network.send);
  return (request) => send({ ...request, repeatable: true, operation: 'sign-in' });
}

function throttled(cause: TemporaryError, url: string): TemporaryError {
  return new TemporaryError('SIGN_IN_THROTTLED', `Gave up on signing in: ${new URL(url).host} throttles.`, {
    cause,
    hint: cause.hint,
  });
}
