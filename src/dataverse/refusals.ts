/**
 * What a refusal means to the user, as one table: the first row that fits gives our code, the exit code (by category) and the next step.
 * The message stays Dataverse's own. Codes of Dataverse: "Web service error codes", and what real organizations answered. What a run does
 * after a refusal is decided elsewhere (docs/architecture.md, "Where to change what").
 */
import type { Category, DataverseError } from '../errors.ts';

type Facts = {
  readonly status: number;
  readonly dataverseCode: string | undefined;
  readonly message: string;
};

/** Everything that is given must hold. */
type Sign = {
  readonly dataverseCode?: string;
  readonly status?: number;
  readonly text?: RegExp;
};

export type Refusal = {
  /** One of docs/errors.data.json. */
  readonly code: string;
  readonly category: Category;
  /** One is enough. */
  readonly signs: readonly Sign[];
  /** Every request of this user will be refused, not one record: it ends the command. */
  readonly everyone?: true;
  /** The user is the cause, or lacks something: `sync check` reports it of the user, not of the connection. */
  readonly isAboutUser?: true;
  /** A sentence that goes before Dataverse's words. */
  readonly meaning?: string;
  readonly hint: string;
};

const ENVIRONMENT = 'Power Platform admin center > Environments > (the environment)';
const USERS = `${ENVIRONMENT} > Settings > Users + permissions`;

const REFUSALS: readonly Refusal[] = [
  {
    // UserNotMemberOfOrg: no application user (or no user) in the environment.
    code: 'USER_NOT_IN_ORGANIZATION',
    category: 'authentication',
    signs: [{ dataverseCode: '0x80072560' }],
    everyone: true,
    isAboutUser: true,
    meaning: 'Signed in, but the user does not exist in this environment',
    hint: `Add an application user for the app registration: ${USERS} > Application users > New app user. A person needs a licence and access to the environment.`,
  },
  {
    // unManagedidsusernotenabled: the user is disabled or has no business unit.
    code: 'USER_DISABLED',
    category: 'authentication',
    signs: [{ dataverseCode: '0x80040225' }],
    everyone: true,
    isAboutUser: true,
    meaning: 'Signed in, but the user is disabled in this environment',
    hint: `Enable the user, or give it a business unit: ${USERS} > Users (or Application users).`,
  },
  {
    // UserNotAssignedLicense.
    code: 'USER_NOT_LICENSED',
    category: 'dataverse',
    signs: [
      { dataverseCode: '0x8004d24b' },
      { status: 403, text: /not (?:been )?(?:assigned (?:any|a) licen[cs]e|licen[cs]ed)/i },
    ],
    everyone: true,
    isAboutUser: true,
    meaning: 'Signed in, but the user has no licence for this environment',
    hint: 'Assign one (Microsoft 365 admin center > Users > Active users > Licenses and apps), or use an application user, which needs none.',
  },
  {
    // UserNotAssignedRoles.
    code: 'NO_SECURITY_ROLE',
    category: 'privilege',
    signs: [{ dataverseCode: '0x80042f09' }],
    everyone: true,
    isAboutUser: true,
    meaning: 'Signed in, but the user has no security role',
    hint: `Give the user a role: ${USERS} > Application users > Edit security roles. \`dyncamp sync check\` lists the privileges it needs.`,
  },
  {
    // U42; "IP firewall in Power Platform environments".
    code: 'IP_BLOCKED',
    category: 'privilege',
    signs: [{ dataverseCode: '0x80095ffe' }, { status: 403, text: /\bIP\b.*\bblocked\b/i }],
    everyone: true,
    meaning: 'The IP firewall of this environment does not let this machine’s address in',
    hint: `Ask an administrator to allow the public address of this machine: ${ENVIRONMENT} > Settings > Product > Privacy + Security > IP address settings > Allow list.`,
  },
  {
    // "Control which apps are allowed in your environment"; microsoft/PowerPlatform-DataverseServiceClient issue 528.
    code: 'APP_BLOCKED',
    category: 'privilege',
    signs: [{ dataverseCode: '0x80095ffc' }],
    everyone: true,
    isAboutUser: true,
    meaning: 'This environment does not let this app registration in',
    hint: `Ask an administrator to allow the app's client id: ${ENVIRONMENT} > Settings > Product > Privacy + Security > App access control.`,
  },
  {
    // microsoft/PowerPlatform-DataverseServiceClient issue 135: a 403 whose text names the mode. No code is published.
    code: 'ADMINISTRATION_MODE',
    category: 'dataverse',
    signs: [
      { status: 403, text: /\badmin(?:istration|istrator)?[- ](?:only[- ])?mode\b/i },
      { status: 403, text: /only system administrators?\b.*\bsign in/i },
    ],
    everyone: true,
    meaning: 'The environment is in administration mode, and lets only administrators and customizers in',
    hint: `Wait until an administrator has turned it off: ${ENVIRONMENT} > Edit > Administration mode.`,
  },
  {
    // OrganizationDisabled. With 503 it is waited for (transport/trouble.ts).
    code: 'ENVIRONMENT_DISABLED',
    category: 'dataverse',
    signs: [{ dataverseCode: '0x8004a104' }],
    everyone: true,
    meaning: 'The environment is disabled',
    hint: 'Ask the administrator of the environment: Power Platform admin center > Environments.',
  },
  {
    // U42: campaigns and marketing lists come with Dynamics 365 Sales (or Marketing); the rest of Dataverse works without.
    code: 'SALES_MISSING',
    category: 'dataverse',
    signs: [{ status: 404, text: /segment '(?:campaigns|lists|listmembers|leads)'/i }],
    everyone: true,
    meaning: 'This environment has no campaigns and marketing lists, because Dynamics 365 Sales is not installed in it',
    hint: 'Check that the URL is that of the environment with Dynamics 365 Sales, or ask an administrator to install it: Power Platform admin center > Resources > Dynamics 365 apps.',
  },
  {
    // U43.
    code: 'SERVER_TOO_OLD',
    category: 'dataverse',
    signs: [{ status: 501 }],
    everyone: true,
    meaning: 'The server is too old: dyncamp needs Dataverse 9.2 online',
    hint: 'Check the URL. An on-premises organization, or one of version 9.1 or older, cannot be used.',
  },
  {
    // IsvAborted, IsvUnExpected.
    code: 'PLUGIN_REFUSED',
    category: 'dataverse',
    signs: [{ dataverseCode: '0x80040265' }, { dataverseCode: '0x80040224' }],
    hint: 'A plug-in or workflow of this organization refused it, and the text is its own: ask whoever maintains it. Until it changes, Dynamics will answer the same.',
  },
  {
    // PrivilegeDenied, PrincipalPrivilegeDenied, AccessDenied, UnauthorizedAccess, unManagedIdsAccessDenied, U37's 0x80040256: sources
    // disagree which is raised when.
    code: 'PRIVILEGE_MISSING',
    category: 'privilege',
    signs: [
      { dataverseCode: '0x80040220' },
      { dataverseCode: '0x80040231' },
      { dataverseCode: '0x80048405' },
      { dataverseCode: '0x80040277' },
      { dataverseCode: '0x80048306' },
      { dataverseCode: '0x80040256' },
    ],
    isAboutUser: true,
    hint: 'Give the user a security role with the privilege. `dyncamp sync check` lists what is missing.',
  },
  {
    code: 'ACCESS_REFUSED',
    category: 'privilege',
    signs: [{ status: 403 }],
    isAboutUser: true,
    hint: 'The text is Dataverse’s own: ask the administrator of the environment, with the code and the request id. `dyncamp sync check` shows what this user may do.',
  },
];

const OTHER: Refusal = {
  code: 'DATAVERSE_REFUSED',
  category: 'dataverse',
  signs: [],
  hint: 'The text is Dataverse’s own, and repeating the command will not change it. Ask the administrator of the environment, with the code and the request id.',
};

export function refusalOf(facts: Facts): Refusal {
  return REFUSALS.find(({ signs }) => signs.some((sign) => fits(sign, facts))) ?? OTHER;
}

function fits({ dataverseCode, status, text }: Sign, facts: Facts): boolean {
  return (
    (dataverseCode === undefined || dataverseCode === facts.dataverseCode) &&
    (status === undefined || status === facts.status) &&
    (text === undefined || text.test(facts.message))
  );
}

const codesWith = (flag: 'everyone' | 'isAboutUser'): ReadonlySet<string> =>
  new Set(REFUSALS.filter((row) => row[flag] === true).map(({ code }) => code));

const OF_EVERYONE = codesWith('everyone');
const ABOUT_USER = codesWith('isAboutUser');

/** Of an error with a code of this table: whether every request of this user will be refused. */
export const concernsEveryone = ({ code }: { readonly code: string }): boolean => OF_EVERYONE.has(code);
export const isAboutUser = ({ code }: { readonly code: string }): boolean => ABOUT_USER.has(code);

// Codes that several steps have to tell apart, by the names of Microsoft's "Web service error codes".

/** DuplicateRecordsFound: a duplicate-detection rule of the organization said no. */
export const DUPLICATES_FOUND = '0x80040333';
/** DuplicateRecord. */
const DUPLICATE_RECORD = '0x80040237';

/**
 * The chosen id of a creation is in the table, or was (U31): 412 to a POST that carries its key, whatever the code (U34), except for the
 * refusal by a duplicate-detection rule (U20).
 */
export function isIdTaken({ status, dataverseCode }: DataverseError): boolean {
  if (dataverseCode === DUPLICATE_RECORD) return true;
  return status === 412 && dataverseCode !== DUPLICATES_FOUND;
}

/** ObjectDoesNotExist: a 404 about a row, not about an action. */
export const NO_SUCH_ROW = '0x80040217';
/** TooManyConditionParametersInQuery: the organization takes fewer values in one `in` (U29). */
export const TOO_MANY_VALUES = '0x8004430e';
/** AggregateQueryRecordLimitExceeded: more than 50,000 rows; they are counted page by page then. */
export const TOO_MANY_TO_AGGREGATE = '0x8004e023';
