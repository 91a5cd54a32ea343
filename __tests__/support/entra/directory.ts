/** Who may sign in: the tenant's app registrations and people. What tests change stands here; the defaults fit the default organization. */
import { APPLICATION_ID, ORGANIZATION } from '../../../src/emulator/organization/organization.ts';
import { SYSTEM_USERS } from '../../../src/emulator/seed/bare-organization.ts';
import { refusal } from './refusal.ts';

/** Trust in tokens of somebody else, as Kubernetes and GitHub Actions issue them. */
export type FederatedCredential = {
  issuer: string;
  subject: string;
  audience: string;
  /** PEM. Differs: Entra ID fetches the issuer's keys, here the key is registered. */
  publicKey: string;
};

export type Application = {
  id: string;
  secrets: readonly { value: string }[];
  /** PEM. */
  certificates: readonly string[];
  federated: readonly FederatedCredential[];
  /** "Allow public client flows": people may sign in with it, and it proves nothing itself. */
  isPublic: boolean;
};

export type Person = { objectId: string; userName: string };

export type Directory = {
  /** Ids and domains by which the tenant is known. */
  tenants: readonly string[];
  /** Origins of the organization and of this identity provider besides loopback, e.g. behind a proxy of a test. */
  origins: string[];
  applications: Map<string, Application>;
  people: readonly Person[];
};

const CLIENT_SECRET = 'dyncamp-emulator-secret';
/** Registered in the tenant, but no application user of the organization: signs in, then gets 403. */
const STRANGER_APPLICATION_ID = '57a46e40-0000-4000-8000-000000000001';
/** Microsoft's public client for Dynamics 365 tools; every tenant knows it. [documented: "Use OAuth authentication with Dataverse"] */
const MICROSOFT_PUBLIC_CLIENT_ID = '51f81489-12ee-4a9e-aaae-a2591f45987d';

export function openDirectory(): Directory {
  const confidential = [APPLICATION_ID, STRANGER_APPLICATION_ID].map((id) => ({
    ...newApplication(id),
    secrets: [{ value: CLIENT_SECRET }],
  }));
  const applications = [...confidential, { ...newApplication(MICROSOFT_PUBLIC_CLIENT_ID), isPublic: true }];
  return {
    // The last two stand for "whichever the account is in". [documented]
    tenants: [ORGANIZATION.tenantId, 'dyncamp.onmicrosoft.example', 'organizations', 'common'],
    origins: [],
    applications: new Map(applications.map((application) => [application.id, application])),
    people: SYSTEM_USERS.filter((user) => user.applicationid === undefined).map((user) => ({
      objectId: String(user.azureactivedirectoryobjectid),
      userName: String(user.domainname),
    })),
  };
}

export function newApplication(id: string): Application {
  return { id: id.toLowerCase(), secrets: [], certificates: [], federated: [], isPublic: false };
}

/** The first one where nobody is named. */
export function findPerson({ people }: Directory, userName: string | null | undefined): Person {
  const person = userName ? people.find((each) => each.userName === userName) : people[0];
  if (person === undefined) throw new Error(`nobody is called ${userName}`);
  return person;
}

/** Throws EntraRefusal. */
export function findApplication({ applications, tenants }: Directory, form: URLSearchParams): Application {
  const id = form.get('client_id')?.toLowerCase() ?? '';
  const application = applications.get(id);
  if (application !== undefined) return application;
  const text = `Application with identifier '${id}' was not found in the directory '${tenants[0]}'.`;
  throw refusal('unauthorized_client', 700016, text);
}

/** Scopes of OpenID Connect, which name no resource. */
const IDENTITY_SCOPES = ['openid', 'profile', 'email', 'offline_access'];
const LOOPBACK = /^http:\/\/(localhost|127(?:\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

/**
 * What is asked for besides: `https://contoso.crm4.dynamics.com/.default` by applications, `…/user_impersonation` by people. [documented]
 * Differs: any loopback origin is taken for the organization, since the emulator's port changes. Throws EntraRefusal.
 */
export function grantedScope({ origins, tenants }: Directory, form: URLSearchParams): string {
  const asked = (form.get('scope') ?? '').split(' ').filter((name) => name !== '' && !IDENTITY_SCOPES.includes(name));
  for (const name of asked) {
    const resource = /^(\S+)\/(?:\.default|user_impersonation)$/.exec(name)?.[1] ?? '';
    if (LOOPBACK.test(resource) || origins.includes(resource)) continue;
    const text = `The resource principal named ${resource} was not found in the tenant named ${tenants[0]}.`;
    throw refusal('invalid_resource', 500011, text);
  }
  return asked.join(' ');
}
