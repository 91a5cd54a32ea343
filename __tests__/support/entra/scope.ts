/** What a token is asked for: the organization, by the one resource that this tenant knows. */
import type { Directory } from './directory.ts';
import { refusal } from './refusal.ts';

/** Scopes of OpenID Connect, which name no resource. */
const IDENTITY_SCOPES = ['openid', 'profile', 'email', 'offline_access'];
const LOOPBACK = /^http:\/\/(localhost|127(?:\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

/** `https://contoso.crm4.dynamics.com/.default`, for applications. Throws EntraRefusal. [documented] */
export function checkApplicationScope(scope: string, directory: Directory): void {
  const resource = /^(\S+)\/\.default$/.exec(scope)?.[1];
  if (resource === undefined) {
    throw refusal(
      'invalid_scope',
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    );
  }
  checkResource(resource, directory);
}

/** `https://contoso.crm4.dynamics.com/user_impersonation`, for people. Gives it as granted. Throws EntraRefusal. */
export function checkPersonScope(scope: string, directory: Directory): string {
  const asked = scope.split(' ').filter((name) => name !== '' && !IDENTITY_SCOPES.includes(name));
  for (const name of asked) {
    const [, resource, permission] = /^(.+)\/([^/]+)$/.exec(name) ?? [];
    if (resource === undefined || (permission !== 'user_impersonation' && permission !== '.default')) {
      throw refusal(
        'invalid_scope',
        70011,
        `The provided value for the input parameter 'scope' is not valid: ${name}.`,
      );
    }
    checkResource(resource, directory);
  }
  return asked.join(' ');
}

/** Differs: any loopback origin is taken for the organization, since the emulator's port changes. */
function checkResource(resource: string, { origins, tenants }: Directory): void {
  if (LOOPBACK.test(resource) || origins.includes(resource)) return;
  throw refusal(
    'invalid_resource',
    500011,
    `The resource principal named ${resource} was not found in the tenant named ${tenants[0]}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
  );
}
