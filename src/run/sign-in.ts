/** The wiring from what settings say about signing in to a source of tokens. msal is loaded only by a way that needs it. */
import { join } from 'node:path';
import { loginHost } from '../auth/authority.ts';
import type { ApplicationProof, SignInTarget } from '../auth/msal-token-source.ts';
import type { PersonSignIn } from '../auth/person-sign-in.ts';
import { fixedToken, type TokenSource } from '../auth/token-source.ts';
import type { ConnectionSettings, SecretSource, SignInSettings } from '../settings/connection-settings.ts';
import { variable } from '../settings/environment.ts';
import { readSecret, readSecretFile } from '../settings/secrets.ts';
import { warn } from '../terminal/report-error.ts';
import type { WaitingOptions } from '../transport/waiting.ts';
import { entraExchange, identityEndpointExchange, type SignInNetworkContext } from './sign-in-network.ts';

const FEW_DAYS_LEFT = 30;

/** What of the context it uses. */
export type SignInContext = SignInNetworkContext & { readonly stateDirectory: string };

/** `origin` of the organization; `stop` as for every wait for a server. */
export type SignInOptions = { readonly origin: string } & Pick<WaitingOptions, 'stop'>;

/** The source of tokens for a connection. Reads secrets when a token is asked for, and never before. */
export async function openTokens(
  context: SignInContext,
  settings: ConnectionSettings,
  options: SignInOptions,
): Promise<TokenSource> {
  const tokens = await openSource(context, settings, options);
  // What was signed in for must not be printed either.
  return { token: async (options, signal) => protectedSecret(context, await tokens.token(options, signal)) };
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
      return managedIdentityTokens(signIn, { origin, clock: context.clock, exchange });
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

/** What a person's sign-in needs, also for `dyncamp login`. */
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

/** Entra ID for this organization, reached through the same proxies as Dataverse. Loads the network. */
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

/** Reads the files anew for each token; warns once when the certificate ends soon. */
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
