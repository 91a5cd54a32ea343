/** Who may sign in: the tenant's app registrations and people. What tests change stands here; the defaults fit the default organization. */
import { APPLICATION_ID, ORGANIZATION } from '../../../src/emulator/organization.ts';
import { MARKETO_APPLICATION_ID, SYSTEM_USERS } from '../../../src/emulator/seed/default-people.ts';

type Secret = {
  value: string;
  /** Epoch ms; absent: it never ends. */
  expiresAtMs?: number;
};

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
  secrets: readonly Secret[];
  /** PEM. */
  certificates: readonly string[];
  federated: readonly FederatedCredential[];
  /** "Allow public client flows": people may sign in with it, and it proves nothing itself. */
  isPublic: boolean;
};

export type Person = { objectId: string; userName: string };

export type Directory = {
  /** Ids and domains by which the tenant is known. */
  tenants: string[];
  /** Origins under which the organization and this identity provider are known besides their own, e.g. behind a proxy of a test. */
  origins: string[];
  applications: Map<string, Application>;
  people: Map<string, Person>;
};

const CLIENT_SECRET = 'dyncamp-emulator-secret';
/** Registered in the tenant, but no application user of the organization: signs in, then gets 403. */
const STRANGER_APPLICATION_ID = '57a46e40-0000-4000-8000-000000000001';
/** Microsoft's public client for Dynamics 365 tools; every tenant knows it. [documented: "Use OAuth authentication with Dataverse"] */
const MICROSOFT_PUBLIC_CLIENT_ID = '51f81489-12ee-4a9e-aaae-a2591f45987d';

const TENANT_DOMAIN = 'dyncamp.onmicrosoft.example';

/** Tenants that stand for "whichever the account is in". [documented] */
const ANY_TENANT = ['organizations', 'common'];

export function openDirectory(): Directory {
  const confidential = [APPLICATION_ID, MARKETO_APPLICATION_ID, STRANGER_APPLICATION_ID].map((id) => ({
    ...newApplication(id),
    secrets: [{ value: CLIENT_SECRET }],
  }));
  const applications = [...confidential, { ...newApplication(MICROSOFT_PUBLIC_CLIENT_ID), isPublic: true }];
  return {
    tenants: [ORGANIZATION.tenantId, TENANT_DOMAIN, ...ANY_TENANT],
    origins: [],
    applications: new Map(applications.map((application) => [application.id, application])),
    people: new Map(defaultPeople().map((person) => [person.userName, person])),
  };
}

export function newApplication(id: string): Application {
  return { id: id.toLowerCase(), secrets: [], certificates: [], federated: [], isPublic: false };
}

function defaultPeople(): Person[] {
  return SYSTEM_USERS.filter((user) => user.applicationid === undefined).map((user) => ({
    objectId: String(user.azureactivedirectoryobjectid),
    userName: String(user.domainname),
  }));
}

/** Who is meant where nobody is named. */
export function firstPerson(directory: Directory): Person {
  const [person] = directory.people.values();
  if (person === undefined) throw new Error('the directory has no people');
  return person;
}
