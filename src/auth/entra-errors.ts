/** Explains refusals of Microsoft Entra ID, and names the page where each is fixed. */

type EntraAdvice = { readonly code: string; readonly message: string; readonly hint: string };

const SECRETS_PAGE = 'Microsoft Entra admin center > App registrations > your app > Certificates & secrets';
const OVERVIEW_PAGE = 'Microsoft Entra admin center > App registrations > your app > Overview';
const PERMISSIONS_PAGE = 'Microsoft Entra admin center > Enterprise applications > your app > Permissions';

const COMPARE_TOKEN = `Compare issuer, subject and audience: ${SECRETS_PAGE} > Federated credentials.`;
const WORK_ACCOUNT = 'Sign in with a work account of the organization, or name its tenant with --tenant.';
const LOGIN = 'Run `dyncamp login`.';
const LOGIN_OR_APP =
  'Run `dyncamp login` on a terminal. For scripts use an app registration with a secret or certificate.';

const SIGN_IN_LOGS =
  'Which policy it is: Microsoft Entra admin center > Monitoring > Sign-in logs, by the correlation id.';

/** By AADSTS number (Microsoft Learn: "Microsoft Entra authentication and authorization error codes"). */
const ADVICE: Readonly<Record<string, EntraAdvice>> = {
  '7000215': {
    code: 'WRONG_SECRET',
    message: 'the client secret is wrong',
    hint: `Use the secret's value, not its id; make a new one if it is lost: ${SECRETS_PAGE}.`,
  },
  '7000222': {
    code: 'SECRET_EXPIRED',
    message: 'the client secret has expired',
    hint: `Make a new one and put it where dyncamp reads it: ${SECRETS_PAGE}.`,
  },
  '7000218': {
    code: 'SECRET_NEEDED',
    message: 'the app registration requires a client secret or certificate',
    hint: 'For people: Microsoft Entra admin center > App registrations > your app > Authentication > Allow public client flows. For scripts: set a client secret.',
  },
  '700016': {
    code: 'APP_UNKNOWN',
    message: 'no app with this client id is known in the tenant',
    hint: `Compare the client id and the tenant id: ${OVERVIEW_PAGE}.`,
  },
  '700027': {
    code: 'CERTIFICATE_UNKNOWN',
    message: 'the certificate does not belong to the app registration, or its signature is wrong',
    hint: `Upload the certificate (not the key): ${SECRETS_PAGE} > Certificates.`,
  },
  '700024': {
    code: 'ASSERTION_EXPIRED',
    message: 'the signed assertion or federated token is not valid at this time',
    hint: 'Check the clock of this machine, and that the federated token file is up to date.',
  },
  '700021': {
    code: 'ASSERTION_REFUSED',
    message: 'the federated token does not fit the app registration',
    hint: COMPARE_TOKEN,
  },
  '70021': {
    code: 'ASSERTION_REFUSED',
    message: 'no federated credential of the app registration matches the token',
    hint: COMPARE_TOKEN,
  },
  '700211': {
    code: 'ASSERTION_REFUSED',
    message: 'the issuer of the federated token does not match any federated credential',
    hint: `Compare the issuer: ${SECRETS_PAGE} > Federated credentials.`,
  },
  '700212': {
    code: 'ASSERTION_REFUSED',
    message: 'the audience of the federated token is not the expected one',
    hint: `It is usually api://AzureADTokenExchange; compare: ${SECRETS_PAGE} > Federated credentials.`,
  },
  '700213': {
    code: 'ASSERTION_REFUSED',
    message: 'the subject of the federated token does not match any federated credential',
    hint: `Compare the subject: ${SECRETS_PAGE} > Federated credentials.`,
  },
  '700023': {
    code: 'ASSERTION_REFUSED',
    message: 'the signed assertion was made for another tenant or cloud',
    hint: `Compare the tenant id: ${OVERVIEW_PAGE}. National clouds sign in elsewhere: see AZURE_AUTHORITY_HOST.`,
  },
  '700025': {
    code: 'APP_PUBLIC',
    message: 'the app registration is a public client, which has no secret or certificate',
    hint: 'Choose another app registration for scripts, or sign in as a person: `dyncamp profiles add --sign-in browser`.',
  },
  '90002': {
    code: 'TENANT_UNKNOWN',
    message: 'the tenant does not exist',
    hint: `Compare the tenant id: ${OVERVIEW_PAGE} > Directory (tenant) ID. National clouds sign in elsewhere: see AZURE_AUTHORITY_HOST.`,
  },
  '900023': {
    code: 'TENANT_UNKNOWN',
    message: 'the tenant is neither an id nor a domain name',
    hint: `Compare the tenant id: ${OVERVIEW_PAGE} > Directory (tenant) ID.`,
  },
  '500011': {
    code: 'ORGANIZATION_UNKNOWN',
    message: 'the tenant has no environment with this URL',
    hint: 'Compare the URL: Power Platform admin center > Environments > your environment > Environment URL; and that it belongs to this tenant.',
  },
  '500014': {
    code: 'DATAVERSE_DISABLED',
    message: 'Dataverse is disabled in this tenant',
    hint: 'Ask an administrator: Microsoft Entra admin center > Enterprise applications > Dataverse > Properties > Enabled for users to sign-in.',
  },
  '7000112': {
    code: 'APP_DISABLED',
    message: 'the app is disabled',
    hint: 'Microsoft Entra admin center > Enterprise applications > your app > Properties > Enabled for users to sign-in.',
  },
  '65001': {
    code: 'CONSENT_MISSING',
    message: 'no one has consented to the app for this organization',
    hint: `Ask an administrator to grant consent: ${PERMISSIONS_PAGE} > Grant admin consent.`,
  },
  '90094': {
    code: 'CONSENT_MISSING',
    message: 'an administrator must consent to the app first',
    hint: `Ask an administrator: ${PERMISSIONS_PAGE} > Grant admin consent.`,
  },
  '50105': {
    code: 'USER_NOT_ASSIGNED',
    message: 'this user is not assigned to the app',
    hint: 'Ask an administrator: Microsoft Entra admin center > Enterprise applications > your app > Users and groups.',
  },
  '50057': {
    code: 'USER_DISABLED',
    message: 'this user account is disabled',
    hint: 'Ask an administrator: Microsoft Entra admin center > Users.',
  },
  '50034': { code: 'USER_UNKNOWN', message: 'this user account does not exist in the tenant', hint: WORK_ACCOUNT },
  '50020': { code: 'USER_UNKNOWN', message: 'this user belongs to another tenant', hint: WORK_ACCOUNT },
  '53003': {
    code: 'ACCESS_BLOCKED',
    message: 'a Conditional Access policy blocks this sign-in',
    hint: `Ask an administrator to let this sign-in pass, or use an app registration with a secret or certificate. ${SIGN_IN_LOGS}`,
  },
  '53000': {
    code: 'ACCESS_BLOCKED',
    message: 'a Conditional Access policy wants a compliant device, and this one is not',
    hint: `Enroll this device in the company's device management, sign in from one that is, or use an app registration with a secret or certificate. ${SIGN_IN_LOGS}`,
  },
  '53001': {
    code: 'ACCESS_BLOCKED',
    message: 'a Conditional Access policy wants a device that is joined to the domain',
    hint: `Sign in from such a device, or use an app registration with a secret or certificate. ${SIGN_IN_LOGS}`,
  },
  '530003': {
    code: 'ACCESS_BLOCKED',
    message: 'a Conditional Access policy wants a device that the company manages',
    hint: `Sign in from such a device in a browser (\`dyncamp login\`, not --device), or use an app registration with a secret or certificate. ${SIGN_IN_LOGS}`,
  },
  '53002': {
    code: 'ACCESS_BLOCKED',
    message: 'a Conditional Access policy lets only approved apps sign in',
    hint: `Ask an administrator to exclude this app registration from the policy. ${SIGN_IN_LOGS}`,
  },
  '53004': {
    code: 'ACCESS_BLOCKED',
    message: 'multi-factor authentication must be set up, and the sign-in is too risky for that',
    hint: `Set it up at a known place (https://aka.ms/mfasetup), or ask an administrator. ${SIGN_IN_LOGS}`,
  },
  '50131': {
    code: 'ACCESS_BLOCKED',
    message: 'a Conditional Access policy blocks sign-ins from this device or place',
    hint: `Sign in from another one, or ask an administrator. ${SIGN_IN_LOGS}`,
  },
  '50053': {
    code: 'ACCESS_BLOCKED',
    message: 'the account is locked, or the sign-in came from an address that is blocked',
    hint: `Wait some minutes, then try again; if it stays so, ask an administrator. ${SIGN_IN_LOGS}`,
  },
  '50055': {
    code: 'SIGN_IN_EXPIRED',
    message: 'the password has expired',
    hint: 'Set a new one (https://passwordreset.microsoftonline.com), then run `dyncamp login`.',
  },
  '50158': {
    code: 'SIGN_IN_NEEDED',
    message: 'another service must confirm the sign-in (an external factor or terms of use)',
    hint: 'Run `dyncamp login` on a terminal, and do what the browser shows. For scripts use an app registration with a secret or certificate.',
  },
  '50072': { code: 'SIGN_IN_NEEDED', message: 'multi-factor authentication must be set up', hint: LOGIN_OR_APP },
  '50074': { code: 'SIGN_IN_NEEDED', message: 'multi-factor authentication is needed', hint: LOGIN_OR_APP },
  '50097': {
    code: 'SIGN_IN_NEEDED',
    message: 'the device must prove itself',
    hint: `Run \`dyncamp login\` in a browser of a device that the company manages. ${SIGN_IN_LOGS}`,
  },
  '70043': { code: 'SIGN_IN_EXPIRED', message: 'the sign-in has expired', hint: LOGIN },
  '700082': {
    code: 'SIGN_IN_EXPIRED',
    message: 'the sign-in has expired because it was not used for a long time',
    hint: LOGIN,
  },
  '50173': {
    code: 'SIGN_IN_EXPIRED',
    message: 'the sign-in has ended, e.g. because the password was changed',
    hint: LOGIN,
  },
  '50076': { code: 'SIGN_IN_NEEDED', message: 'multi-factor authentication is needed', hint: LOGIN_OR_APP },
  '50079': { code: 'SIGN_IN_NEEDED', message: 'multi-factor authentication must be set up', hint: LOGIN_OR_APP },
  '70020': {
    code: 'DEVICE_CODE_EXPIRED',
    message: 'the code was not entered in time',
    hint: 'Run `dyncamp login --device` again.',
  },
  '70018': {
    code: 'SIGN_IN_DENIED',
    message: 'the sign-in was refused in the browser',
    hint: 'Run `dyncamp login --device` again, and sign in there.',
  },
  '65004': {
    code: 'CONSENT_MISSING',
    message: 'consent to the app was refused in the browser',
    hint: `Run \`dyncamp login\` again and accept, or ask an administrator: ${PERMISSIONS_PAGE} > Grant admin consent.`,
  },
  '70016': {
    code: 'SIGN_IN_PENDING',
    message: 'the sign-in was not finished',
    hint: 'Run `dyncamp login --device` again.',
  },
};

/** The number in `AADSTS7000215: …`, or undefined when there is none. */
export function entraCode(text: string): string | undefined {
  return /\bAADSTS(\d+)/.exec(text)?.[1];
}

/** `Correlation ID: …`, by which an administrator finds the sign-in. */
export function correlationId(text: string): string | undefined {
  return /\bcorrelation[ _]id["']?\s*:\s*["']?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/i
    .exec(text)?.[1]
    ?.toLowerCase();
}

export function adviceFor(text: string): EntraAdvice | undefined {
  const code = entraCode(text);
  return code === undefined ? undefined : ADVICE[code];
}
