/** A stored profile: the shape of the settings file, checked key by key. */
import * as v from 'valibot';
import { parseOrganizationUrl } from './organization-url.ts';

/** Names that need no quotes in a shell, a file or a hint. */
export const PROFILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const text = v.pipe(v.string('must be a text'), v.trim(), v.nonEmpty('must not be empty'));
const guid = v.pipe(v.string('must be a GUID'), v.trim(), v.toLowerCase(), v.uuid('must be a GUID'));
/** A tenant is named by its id or by one of its domains. */
export const TENANT = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z0-9-]+(?:\.[a-z0-9-]+)+)$/i;
const TENANT_EXPECTED = 'must be a tenant id or a domain such as contoso.onmicrosoft.com';
const tenant = v.pipe(text, v.regex(TENANT, TENANT_EXPECTED));
/** Tenant names that mean any tenant of the person who signs in ("Microsoft identity platform and OAuth 2.0": tenant). */
const optionalTenant = v.optional(v.union([tenant, v.picklist(['common', 'organizations'])], TENANT_EXPECTED));

/** Where a secret is: it is read at each use, so that a new one needs no restart. */
const secretSource = v.variant(
  'from',
  [
    v.strictObject({ from: v.literal('env'), name: text }),
    v.strictObject({ from: v.literal('file'), path: text }),
    // In the settings file itself, only on request (--store-secret).
    v.strictObject({ from: v.literal('stored'), secret: text }),
  ],
  'must say from where: env, file or stored',
);

const application = { tenantId: tenant, clientId: guid };
/** Without clientId Microsoft's public client for Dynamics tools, without tenantId any work account. */
const person = { tenantId: optionalTenant, clientId: v.optional(guid) };

const signIn = v.variant(
  'kind',
  [
    v.strictObject({ kind: v.literal('clientSecret'), ...application, secret: secretSource }),
    v.strictObject({
      kind: v.literal('certificate'),
      ...application,
      // PEM with the certificate, and the key unless keyPath names its file.
      certificatePath: text,
      keyPath: v.optional(text),
      passphrase: v.optional(secretSource),
    }),
    v.strictObject({ kind: v.literal('federatedTokenFile'), ...application, tokenFile: text }),
    // With clientId the user-assigned identity of that id, else the machine's own.
    v.strictObject({ kind: v.literal('managedIdentity'), clientId: v.optional(guid) }),
    v.strictObject({ kind: v.literal('browser'), ...person }),
    v.strictObject({ kind: v.literal('deviceCode'), ...person }),
    v.strictObject({ kind: v.literal('azureCli'), tenantId: optionalTenant }),
  ],
  'must be one of clientSecret, certificate, federatedTokenFile, managedIdentity, browser, deviceCode, azureCli',
);

const url = v.pipe(
  v.string('must be a URL'),
  v.check(isOrganizationUrl, 'must be the https address of the environment, e.g. https://contoso.crm4.dynamics.com'),
);

const profile = v.strictObject({
  url,
  signIn,
  /** Ids of users whose additions `remove` treats as a flow action's: earlier application users, Marketo's sync user. */
  flowUsers: v.optional(v.pipe(v.array(guid, 'must be a list of user ids'), v.readonly())),
  /** Column values for created people. */
  set: v.optional(v.record(v.string(), v.string('must be a text'), 'must be an object of column names and values')),
  /** The organization id seen when the profile was added. */
  organizationId: v.optional(guid),
});

const settingsFile = v.strictObject(
  {
    inUse: v.optional(text),
    profiles: v.optional(v.record(v.string(), profile, 'must be an object of profiles by name'), {}),
  },
  'must be an object',
);

export type SecretSource = v.InferOutput<typeof secretSource>;
export type Profile = v.InferOutput<typeof profile>;
export type SettingsFile = v.InferOutput<typeof settingsFile>;

/** The problem names the key: `profiles.prod.signIn.tenantId must not be empty`. */
export function checkSettingsFile(content: unknown): { readonly ok: SettingsFile } | { readonly problem: string } {
  // To valibot an array is an object without the keys.
  if (Array.isArray(content)) return { problem: 'the file must be an object' };
  const result = v.safeParse(settingsFile, content, { abortEarly: true });
  if (result.success) return { ok: result.output };
  const [issue] = result.issues;
  const key = v.getDotPath(issue) ?? 'the file';
  return { problem: `${key} ${sentence(issue)}` };
}

/** Replaces valibot's wording for missing and unknown keys. */
function sentence(issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'strict_object' && issue.expected === 'never') return 'is not a known key';
  if (issue.received === 'undefined') return 'is missing';
  return issue.message.startsWith('Invalid') ? `must be ${issue.expected ?? 'something else'}` : issue.message;
}

function isOrganizationUrl(value: string): boolean {
  try {
    parseOrganizationUrl(value, 'url');
    return true;
  } catch {
    return false;
  }
}
