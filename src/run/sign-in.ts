/** Makes the source of tokens that the settings describe. Loads msal only for the ways to sign in that need it. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { loginHost } from '../auth/authority.ts';
import type { Exchange } from '../auth/msal-network.ts';
import type { ApplicationProof, SignInTarget } from '../auth/msal-token-source.ts';
import type { PersonSignIn } from '../auth/person-sign-in.ts';
import { fixedToken, type TokenSource } from '../auth/token-source.ts';
import { TemporaryError } from '../errors.ts';
import {
  type ConnectionSettings,
  type Environment,
  type SignInSettings,
  variable,
} from '../settings/connection-settings.ts';
import type { SecretSource } from '../settings/profile.ts';
import { readSecret, readSecretFile } from '../settings/secrets.ts';
import { warn, writeMessage } from '../terminal/report-error.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type Clock, compose, type Policy } from '../transport/http.ts';
import { type LogRecord, logRequests } from '../transport/log.ts';
import { retry } from '../transport/retry.ts';
import { identify, userAgent } from '../transport/user-agent.ts';
import { createWaiting, type WaitingOptions } from '../transport/waiting.ts';
import { VERSION } from '../version.ts';

const FEW_DAYS_LEFT = 30;

export type SignInContext = {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly random: () => number;
  readonly env: Environment;
  readonly options: { readonly maxWaitMs: number };
  readonly stateDirectory: string;
  onClose(close: () => unknown): void;
};

/** `origin` of the organization; `stop` as for every wait for a server. */
type SignInOptions = { readonly origin: string } & Pick<WaitingOptions, 'stop'>;

/** The source of tokens for a connection. Reads secrets only when a token is needed. */
export async function openTokens(
  context: SignInContext,
  settings: ConnectionSettings,
  options: SignInOptions,
): Promise<TokenSource> {
  const tokens = await openSource(context, settings, options);
  // The token must not be printed either.
  return { token: async (options) => protectedSecret(context, await tokens.token(options)) };
}

async function openSource(
  context: SignInContext,
  settings: ConnectionSettings,
  options: SignInOptions,
): Promise<TokenSource> {
  const { signIn } = settings;
  const { origin } = options;
  switch (signIn.kind) {
    case 'token':
      return fixedToken(() => secret(context, signIn.token, 'the access token'));
    case 'clientSecret': {
      const { applicationTokens } = await import('../auth/msal-token-source.ts');
      const proof = () => ({ clientSecret: secret(context, signIn.secret, 'the client secret') });
      return applicationTokens({ ...signIn, proof }, await signInTarget(context, origin, options));
    }
    case 'certificate': {
      const { applicationTokens } = await import('../auth/msal-token-source.ts');
      return applicationTokens(
        { ...signIn, proof: certificateProof(context, signIn) },
        await signInTarget(context, origin, options),
      );
    }
    case 'federatedTokenFile': {
      const { applicationTokens } = await import('../auth/msal-token-source.ts');
      const proof = () => ({
        clientAssertion: protectedSecret(context, readSecretFile(signIn.tokenFile, 'the federated token')),
      });
      return applicationTokens({ ...signIn, proof }, await signInTarget(context, origin, options));
    }
    case 'managedIdentity': {
      const { managedIdentityTokens } = await import('../auth/msal-token-source.ts');
      const exchange = await identityEndpointExchange(context);
      return managedIdentityTokens(signIn.clientId, { origin, clock: context.clock, exchange });
    }
    case 'azureCli': {
      const { azureCliTokens } = await import('../auth/azure-cli-token-source.ts');
      return azureCliTokens({ origin, tenantId: signIn.tenantId, clock: context.clock });
    }
    case 'browser':
    case 'deviceCode': {
      const { personTokens } = await import('../auth/person-sign-in.ts');
      return personTokens(personSignIn(context, settings, signIn), await signInTarget(context, origin, options));
    }
  }
}

/** The sign-in of a person, for a connection and for `dyncamp login`. */
export function personSignIn(
  context: Pick<SignInContext, 'stateDirectory'>,
  { source }: ConnectionSettings,
  signIn: Extract<SignInSettings, { kind: 'browser' | 'deviceCode' }>,
): PersonSignIn {
  const name = source.kind === 'profile' ? source.name : 'environment';
  return {
    tenantId: signIn.tenantId,
    clientId: signIn.clientId,
    cacheFile: tokenCachePath(context, name),
    loginCommand: `dyncamp login --profile ${name}`,
  };
}

export function tokenCachePath({ stateDirectory }: Pick<SignInContext, 'stateDirectory'>, profileName: string): string {
  return join(stateDirectory, 'sign-in', `${encodeURIComponent(profileName)}.json`);
}

/** Entra ID for this organization, through the same proxies as Dataverse. Loads undici. */
export async function signInTarget(
  context: SignInContext,
  origin: string,
  waiting: Pick<WaitingOptions, 'stop'> = {},
): Promise<SignInTarget> {
  return {
    origin,
    loginHost: loginHost(origin, variable(context.env, 'AZURE_AUTHORITY_HOST')),
    clock: context.clock,
    exchange: await entraExchange(context, waiting),
  };
}

function secret(context: SignInContext, source: SecretSource, what: string): string {
  return protectedSecret(context, readSecret(source, context.env, what));
}

function protectedSecret({ terminal }: SignInContext, text: string): string {
  terminal.protect(text);
  return text;
}

/** Reads the files again for each token, because they may be renewed during a run. Warns once when the certificate ends soon. */
function certificateProof(
  context: SignInContext,
  signIn: Extract<SignInSettings, { kind: 'certificate' }>,
): () => Promise<ApplicationProof> {
  let hasWarned = false;
  return async () => {
    const { loadCertificate } = await import('../auth/certificate.ts');
    const { certificatePath: path, keyPath, passphrase } = signIn;
    const files = {
      path,
      certificatePem: readSecretFile(path, 'the certificate'),
      keyPem: keyPath === undefined ? undefined : readSecretFile(keyPath, 'the private key'),
      passphrase:
        passphrase === undefined ? undefined : secret(context, passphrase, 'the passphrase of the private key'),
    };
    const { proof, daysLeft } = loadCertificate(files, context.clock.now());
    if (daysLeft < FEW_DAYS_LEFT && !hasWarned) {
      hasWarned = true;
      await warn(
        context.terminal,
        'CERTIFICATE_ENDS_SOON',
        `The certificate ${path} expires in ${daysLeft} days.`,
        RENEW_HINT,
      );
    }
    return proof;
  };
}

const RENEW_HINT =
  'Make a new one and upload it: Microsoft Entra admin center > App registrations > your app > Certificates & secrets.';

/** Entra ID answers in well under a second; a proxy that hangs must not hang a cron job. */
const TIMEOUT_MS = 60_000;
/** The identity endpoint of an Azure machine is a link-local neighbour. */
const IDENTITY_ENDPOINT_TIMEOUT_MS = 10_000;

/** Through the proxies of HTTPS_PROXY. Asking for a token again is safe, so requests are repeated like reads. */
async function entraExchange(context: SignInContext, { stop }: Pick<WaitingOptions, 'stop'> = {}): Promise<Exchange> {
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

/** The identity endpoint of the Azure machine this runs on. Never through a proxy; msal repeats requests by its own rules. */
function identityEndpointExchange(context: SignInContext): Promise<Exchange> {
  return openExchange(context, { policies: [], timeoutMs: IDENTITY_ENDPOINT_TIMEOUT_MS, environment: {} });
}

type ExchangeOptions = {
  readonly policies: readonly Policy[];
  readonly timeoutMs: number;
  readonly environment: Environment;
};

async function openExchange(
  context: SignInContext,
  { policies, timeoutMs, environment }: ExchangeOptions,
): Promise<Exchange> {
  const { openSend } = await import('../transport/undici-send.ts');
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

/** One line of --debug per HTTP exchange. */
export function logExchange(terminal: Terminal, record: LogRecord): Promise<void> {
  const result = record.status === undefined ? `no answer: ${record.error}` : String(record.status);
  const ids = [record.requestId, record.clientRequestId].filter((id) => id !== undefined).join(' ');
  const message = `${record.method} ${record.url} → ${result} in ${record.ms} ms ${ids}`.trimEnd();
  return writeMessage(terminal, {
    level: 'debug',
    code: 'HTTP',
    message,
    status: record.status,
    requestId: record.requestId,
  });
}
