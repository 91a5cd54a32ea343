/**
 * The checks of an organization, as one table: connection, sign-in, user, version, privileges, actions, Marketo. To add one, add a row;
 * if it needs something that is not read yet, a line to ORGANIZATION_READS too.
 */

import { OWN_LIST_PREFIX, parseOwnListName } from '../campaign/list-name.ts';
import type { Identity } from '../campaign/open-campaign.ts';
import {
  type HeldPrivileges,
  NEEDED_NAMES,
  NOT_HELD,
  PRIVILEGES,
  type Privilege,
  privilegesOperation,
} from '../campaign/privileges.ts';
import {
  and,
  call,
  contains,
  eq,
  odataGuid,
  odataString,
  or,
  query,
  row,
  startsWith,
} from '../dataverse/odata-query.ts';
import type { OperationResult, Read } from '../dataverse/operation.ts';
import { readObject, readRows, rowsOf } from '../dataverse/reads.ts';
import type { DyncampError } from '../errors.ts';
import { type JsonObject, textOf } from '../json.ts';
import type { KeyColumns } from '../people/key-columns.ts';
import { shownUserName } from '../text.ts';
import { type CheckRow, type Finding, ok, problem, unread, warning } from './check.ts';
import { DEPTH_LABELS, neededDepth, OPTIONAL_NAMES, OPTIONAL_PRIVILEGES, ROLE_PAGE } from './needed-privileges.ts';

type ConnectionFacts = {
  readonly origin: string;
  /** How the sign-in is set up: `profile "prod", by client secret`. */
  readonly signIn: string;
};

export type OrganizationFacts = ConnectionFacts & {
  readonly identity: Identity;
  /** The profile names an organization id, and it is this one. */
  readonly isPinned: boolean;
  readonly answers: Answers;
  /** Undefined when they cannot be read, or their names cannot. */
  readonly privileges: HeldPrivileges | undefined;
  readonly optional: HeldPrivileges | undefined;
  readonly email: EmailColumns;
};

/** The e-mail columns of leads and contacts. */
export type EmailColumns = Pick<KeyColumns, 'secured' | 'refusal'> & {
  /** Why nobody can be found by them, or what kept that from being seen. */
  readonly trouble: DyncampError | undefined;
};

export type Answers = ReadonlyMap<OrganizationReadName, OperationResult>;

type Action = {
  readonly name: string;
  readonly use: string;
  /** What dyncamp uses when it is not offered. */
  readonly instead: string;
  /** A message that must then be there. */
  readonly replacement?: string | undefined;
};

const ACTIONS: readonly Action[] = [
  {
    name: 'AddListMembersList',
    use: 'adds people in bulk',
    instead: 'people are added one by one',
    replacement: 'AddMemberList',
  },
  {
    name: 'RemoveListMembersList',
    use: 'removes people in bulk',
    instead: 'people are removed one by one',
    replacement: 'RemoveMemberList',
  },
  {
    name: 'RemoveMemberList',
    use: 'removes one person',
    instead: 'a person who cannot be removed holds up the others in the same request',
    replacement: 'RemoveListMembersList',
  },
  {
    name: 'AddMemberList',
    use: 'adds one person',
    instead: 'a person who cannot be added holds up the others in the same request',
    replacement: 'AddListMembersList',
  },
  { name: 'AddItemCampaign', use: 'links a list to a campaign', instead: 'the association is written directly' },
  {
    name: 'RemoveItemCampaign',
    use: 'unlinks a list (sync repair)',
    instead: 'the association is removed directly',
  },
];

/** Every organization has it: if it is missing, the messages could not be read. */
const ALWAYS_THERE = 'WhoAmI';
/** Enough to recognize a user that creates lists as Marketo does. */
const LISTS_LOOKED_AT = 50;
/** Columns that Marketo's solution adds to lead ("Default Dynamics Field Mapping"). */
const MARKETO_COLUMNS = ['mkt_priority', 'mkt_relativescore', 'mkt_urgency'];

/** All reads of these checks, sent as one request. */
export const ORGANIZATION_READS = {
  version: () => readObject(call('RetrieveVersion'), 'Version'),
  user: (userId) =>
    readObject(
      query(row('systemusers', userId), { select: ['fullname', 'domainname', 'applicationid'] }),
      'systemuserid',
    ),
  listsMade: (userId) => {
    const filter = and(startsWith('listname', OWN_LIST_PREFIX), eq('_createdby_value', odataGuid(userId)));
    return readRows(query('lists', { select: ['listname'], filter, top: LISTS_LOOKED_AT }), 'listid');
  },
  privileges: (userId) => privilegesOperation(userId, NEEDED_NAMES),
  optionalPrivileges: (userId) => privilegesOperation(userId, OPTIONAL_NAMES),
  // The organization's messages; whether the Web API accepts each shows only when it is sent (unsettled U9–U11, U28).
  messages: () => {
    const names = [ALWAYS_THERE, ...ACTIONS.map(({ name }) => name)];
    const filter = or(...names.map((name) => eq('name', odataString(name))));
    return readRows(query('sdkmessages', { select: ['name'], filter }), 'name');
  },
  solutions: () => {
    const filter = or(contains('uniquename', 'marketo'), contains('friendlyname', 'marketo'));
    return readRows(query('solutions', { select: ['uniquename', 'friendlyname', 'version'], filter }), 'uniquename');
  },
  marketoColumns: () => {
    const filter = or(...MARKETO_COLUMNS.map((name) => eq('LogicalName', odataString(name))));
    const path = `EntityDefinitions(LogicalName='lead')/Attributes`;
    return readRows(query(path, { select: ['LogicalName'], filter }), 'LogicalName');
  },
} as const satisfies Record<string, (userId: string) => Read>;

export type OrganizationReadName = keyof typeof ORGANIZATION_READS;

/** True once the organization answered; otherwise check-sync.ts reports what failed. */
export const CONNECTION_CHECKS: readonly CheckRow<ConnectionFacts>[] = [
  { id: 'connection', check: ({ origin }) => ok(`${origin} answers.`) },
  { id: 'sign-in', check: ({ signIn }) => ok(`Signed in: ${signIn}.`) },
];

export const ORGANIZATION_CHECKS: readonly CheckRow<OrganizationFacts>[] = [
  { id: 'user', check: checkUser },
  { id: 'organization', check: checkOrganization },
  { id: 'version', check: ({ answers }) => checkVersion(answers.get('version')) },
  ...PRIVILEGES.map((privilege) => ({
    id: `privilege.${privilege.name}`,
    check: ({ answers, privileges }: OrganizationFacts) =>
      checkPrivilege(privilege, privileges, answers.get('privileges')),
  })),
  { id: 'privileges.optional', check: ({ optional }) => checkOptional(optional) },
  { id: 'privileges.email', check: ({ email }) => checkEmailColumns(email) },
  ...ACTIONS.map((action) => ({
    id: `capability.${action.name}`,
    check: ({ answers }: OrganizationFacts) => checkAction(action, answers),
  })),
  { id: 'marketo.solution', check: checkMarketo },
];

/**
 * Whether campaign sync can work as this user. Marketo does not read back what its own sync user changes ("Step 2 of 4: Set Up
 * Marketo Sync User"), so people whom dyncamp adds as that user would stay unknown to it.
 */
function checkUser({ identity: { userId }, answers }: OrganizationFacts): Finding {
  const { fullname, domainname, applicationid } = rowsRead(answers, 'user')[0] ?? {};
  const name = textOf(fullname) || textOf(domainname);
  const kind = textOf(applicationid) === '' ? 'user' : 'application user';
  const who =
    name === '' ? `The user ${userId} (its name cannot be read)` : `"${shownUserName(name)}", ${kind} ${userId}`;
  const why = whyMarketo([textOf(fullname), textOf(domainname)].join(' '), rowsRead(answers, 'listsMade'));
  if (why === undefined) return ok(`${who}.`);
  return warning(
    `${who}, seems to be Marketo's sync user: ${why}.`,
    'Give dyncamp an application user of its own (`dyncamp sync check --request`): Marketo does not read back what its own sync user changes, so it would not learn of the people that dyncamp adds.',
  );
}

function whyMarketo(names: string, listsMade: readonly JsonObject[]): string | undefined {
  if (/marketo|\bmkto\b/i.test(names)) return 'its name says so';
  const marketos = listsMade
    .map(({ listname }) => textOf(listname))
    .find((name) => parseOwnListName(name)?.uniqueGuid === undefined && name !== '');
  return marketos && `it made the list "${marketos}", which is not named as dyncamp names its own`;
}

/** Another organization than the pinned one has ended the command before this. */
function checkOrganization({ identity, isPinned }: OrganizationFacts): Finding {
  const { organizationId, organizationName } = identity;
  const name = organizationName === organizationId ? '' : `"${organizationName}", `;
  return ok(`${name}id ${organizationId}${isPinned ? ', as stored in the profile' : ''}.`);
}

/** Our paths name Web API version 9.2; current servers of 9.0 and 9.1 accept it. */
const LEAST_MAJOR = 9;

function checkVersion(result: OperationResult | undefined): Finding {
  if (result?.kind === 'refused') return unread('The version', result.error);
  const version = result?.kind === 'ok' ? result.body?.Version : undefined;
  if (typeof version !== 'string') return problem('The organization does not report its version.');
  if (Number.parseInt(version, 10) >= LEAST_MAJOR) return ok(`Dataverse ${version}.`);
  return warning(
    `Dataverse ${version}; dyncamp supports ${LEAST_MAJOR}.x.`,
    'Ask your administrator for an update; until then try with --dry-run first.',
  );
}

/** U40: what column security hides looks empty. */
function checkEmailColumns({ secured, refusal, trouble }: EmailColumns): Finding {
  const what = 'Whether column security hides e-mail addresses';
  if (trouble?.code === 'COLUMN_HIDDEN') return problem(trouble.message, trouble.hint);
  const unknown = refusal ?? trouble;
  if (unknown !== undefined) return unread(what, unknown);
  if (secured.length === 0) return ok('E-mail addresses are not under column security.');
  return ok('E-mail addresses are under column security, and this user may read them.');
}

function checkPrivilege(
  privilege: Privilege,
  held: HeldPrivileges | undefined,
  result: OperationResult | undefined,
): Finding {
  if (result?.kind === 'refused') return unread("The user's privileges", result.error);
  if (held === undefined) return problem('The organization does not report the privileges of the user.');
  const { depth, isWhole } = held.get(privilege.name) ?? NOT_HELD;
  const needed = neededDepth(privilege);
  const what = `${depth} (${DEPTH_LABELS[depth]}), to ${privilege.purpose}`;
  const remedy = `Give the user's security role ${privilege.name} at ${needed} (${DEPTH_LABELS[needed]}): ${ROLE_PAGE}. \`dyncamp sync check --request\` prints the whole role.`;
  if (depth === 'none') return problem(`Missing; needed to ${privilege.purpose}.`, remedy);
  if (isWhole && depth !== 'Global') return ok(`${what}; from where it is held that is every record.`);
  if (isWhole || needed === 'Basic') return ok(`${what}.`);
  if (privilege.needed === 'read')
    return problem(`Only ${what}; Global is needed. People this user cannot see would be created twice.`, remedy);
  return warning(`Only ${what}; Global is needed for records that others own; changes to those are refused.`, remedy);
}

/** Never a problem: each serves an option or a name. */
function checkOptional(held: HeldPrivileges | undefined): Finding {
  if (held === undefined) return ok('The organization does not report the optional privileges of the user.');
  const missing = OPTIONAL_PRIVILEGES.filter(({ name }) => !held.has(name));
  if (missing.length === 0) return ok('All optional privileges are held.');
  return ok(`Not held, and needed only for: ${missing.map(({ name, purpose }) => `${purpose} (${name})`).join('; ')}.`);
}

/** Names of the offered messages; undefined when they cannot be read. */
export function offeredMessages(answers: Answers): ReadonlySet<string> | undefined {
  const names = new Set(rowsRead(answers, 'messages').map(({ name }) => textOf(name)));
  return names.size > 0 ? names : undefined;
}

function checkAction({ name, use, instead, replacement }: Action, answers: Answers): Finding {
  const result = answers.get('messages');
  if (result?.kind === 'refused') return unread('The table sdkmessages, which lists the actions,', result.error);
  const offered = offeredMessages(answers);
  if (offered === undefined) return problem('The table sdkmessages, which lists the actions, is empty.');
  if (offered.has(name)) return ok(`Offered: ${use}.`);
  if (replacement === undefined || offered.has(replacement)) {
    const by = replacement === undefined ? '' : ` by ${replacement}`;
    return warning(`Not offered. It ${use}; without it ${instead}${by}.`);
  }
  return problem(
    `Not offered, and neither is ${replacement}. It ${use}.`,
    'Marketing lists and campaigns need Dynamics 365 Sales: install it in this environment (Power Platform admin center > Resources > Dynamics 365 apps).',
  );
}

/** With Marketo's solution installed, Marketo sees leads that dyncamp creates. Either of two reads shows it. */
function checkMarketo({ answers }: OrganizationFacts): Finding {
  const found = [
    ...rowsRead(answers, 'solutions').map(solutionName),
    ...rowsRead(answers, 'marketoColumns')
      .slice(0, 1)
      .map(({ LogicalName }) => `column ${textOf(LogicalName)} on lead`),
  ];
  if (found.length > 0)
    return warning(
      `Marketo's solution is installed (${found.join(', ')}): Marketo will see leads that dyncamp creates as new people.`,
      'If you want that, there is nothing to do. Otherwise use --no-create, or exclude them in Marketo’s sync filter.',
    );
  const [solutions, columns] = [answers.get('solutions'), answers.get('marketoColumns')];
  if (solutions?.kind === 'refused' && columns?.kind === 'refused')
    return unread('Neither the columns of lead nor the solutions', solutions.error);
  return ok("Marketo's solution is not installed.");
}

const solutionName = ({ friendlyname, uniquename, version }: JsonObject): string =>
  `${textOf(friendlyname) || textOf(uniquename)} ${textOf(version)}`.trim();

/** Empty when the read was refused. */
function rowsRead(answers: Answers, name: OrganizationReadName): readonly JsonObject[] {
  const result = answers.get(name);
  return result?.kind === 'ok' ? rowsOf(result) : [];
}
