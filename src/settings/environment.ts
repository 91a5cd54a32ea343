/** URL and sign-in from the environment: DYNCAMP_URL with a ready token or with the variables that Azure's tools know. */
import { SettingsError } from '../errors.ts';
import { type ConnectionSettings, type Environment, type SignInSettings, variable } from './connection-settings.ts';
import { parseOrganizationUrl } from './organization-url.ts';
import type { SecretSource } from './profile.ts';

/** Undefined without DYNCAMP_URL. Throws SettingsError when it is set and the rest is missing or contradictory. */
export function connectionFromEnvironment(env: Environment): ConnectionSettings | undefined {
  const url = variable(env, 'DYNCAMP_URL');
  if (url === undefined) return undefined;
  return {
    origin: parseOrganizationUrl(url, 'DYNCAMP_URL'),
    signIn: signInFrom(env),
    source: { kind: 'environment' },
    flowUsers: listOf(variable(env, 'DYNCAMP_FLOW_USERS')),
    set: {},
  };
}

/** A secret's variable or, with `_FILE` at its end, the file that holds it. Both set is a contradiction. */
function secretFrom(env: Environment, name: string): SecretSource | undefined {
  const path = variable(env, `${name}_FILE`);
  if (variable(env, name) === undefined) return path === undefined ? undefined : { from: 'file', path };
  if (path === undefined) return { from: 'env', name };
  throw new SettingsError('SETTINGS_CONFLICT', `Both ${name} and ${name}_FILE are set.`, {
    hint: 'Unset one of them.',
  });
}

/** dyncamp's own variable comes first, because AZURE_* may be set for other tools; those follow the order of Azure's libraries. */
function signInFrom(env: Environment): SignInSettings {
  const token = secretFrom(env, 'DYNCAMP_ACCESS_TOKEN');
  if (token !== undefined) return { kind: 'token', token };
  const secret = secretFrom(env, 'AZURE_CLIENT_SECRET');
  if (secret !== undefined) return { kind: 'clientSecret', ...application(env, 'AZURE_CLIENT_SECRET'), secret };
  const certificatePath = variable(env, 'AZURE_CLIENT_CERTIFICATE_PATH');
  if (certificatePath !== undefined) {
    const passphrase = secretFrom(env, 'AZURE_CLIENT_CERTIFICATE_PASSWORD');
    return { kind: 'certificate', ...application(env, 'AZURE_CLIENT_CERTIFICATE_PATH'), certificatePath, passphrase };
  }
  const tokenFile = variable(env, 'AZURE_FEDERATED_TOKEN_FILE');
  if (tokenFile !== undefined) {
    return { kind: 'federatedTokenFile', ...application(env, 'AZURE_FEDERATED_TOKEN_FILE'), tokenFile };
  }
  throw new SettingsError('SIGN_IN_MISSING', 'DYNCAMP_URL is set, but no sign-in is.', {
    hint: 'Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH, or AZURE_FEDERATED_TOKEN_FILE), or DYNCAMP_ACCESS_TOKEN. To sign in as yourself: unset DYNCAMP_URL and run `dyncamp profiles add`.',
  });
}

function application(env: Environment, because: string): { tenantId: string; clientId: string } {
  const tenantId = variable(env, 'AZURE_TENANT_ID');
  const clientId = variable(env, 'AZURE_CLIENT_ID');
  if (tenantId !== undefined && clientId !== undefined) return { tenantId, clientId };
  const missing = ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'].filter((name) => variable(env, name) === undefined);
  throw new SettingsError('SIGN_IN_INCOMPLETE', `${because} is set, but not ${missing.join(' and ')}.`, {
    hint: 'Both ids are on the Overview page of the app registration (Microsoft Entra admin center > App registrations).',
  });
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '').split(/[,\s]+/).filter((part) => part !== '');
}
