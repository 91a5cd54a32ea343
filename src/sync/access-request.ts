/** The text of `sync check --request`: what to ask the organization's administrator for. Pure. */
import { PRIVILEGES, type Privilege } from '../campaign/privileges.ts';
import { DEPTH_LABELS, neededDepth, OPTIONAL_PRIVILEGES } from './needed-privileges.ts';

export type RequestedAccess = {
  /** `https://contoso.crm4.dynamics.com`; undefined while unknown. */
  readonly origin: string | undefined;
  readonly tenantId: string | undefined;
  readonly clientId: string | undefined;
};

/** As the role editor of the Power Platform admin center names them. */
const TABLE_LABELS: Readonly<Record<string, string>> = {
  campaign: 'Campaign',
  list: 'Marketing List',
  lead: 'Lead',
  contact: 'Contact',
  systemuser: 'User',
  activity: 'Activity',
  sdkmessage: 'Sdk Message',
  entity: 'Entity',
  attribute: 'Attribute',
  relationship: 'Relationship',
  solution: 'Solution',
  businessunit: 'Business Unit',
};

const HEADER = ['Table', 'Privilege', 'Access level', 'Name'];

/** Plain text of at most 80 columns, for a ticket or a mail. */
export function accessRequest({ origin, tenantId, clientId }: RequestedAccess): string {
  return `Subject: access to Dynamics 365 for dyncamp

dyncamp adds people to Dynamics 365 campaigns and removes them. It uses the
Dataverse Web API and needs an application user with the security role below. It
deletes nothing, and does not change people who are already in Dynamics.

Environment:  ${origin ?? '(its URL, e.g. https://contoso.crm4.dynamics.com)'}

1. An app registration
   Microsoft Entra admin center > App registrations > New registration
   Name: dyncamp. Supported accounts: this organizational directory only.
   No redirect URI, no API permissions.
   Certificates & secrets: a certificate, a federated credential, or a client
   secret. Send the secret in a safe way, not by mail.
   ${clientId === undefined ? 'Please send back the application (client) id and the directory (tenant) id.' : `It is there already: client id ${clientId}`}${tenantId === undefined ? '' : `\n   Tenant: ${tenantId}`}

2. A security role
   Power Platform admin center > Environments > (the environment) > Settings >
   Users + permissions > Security roles > New role. Name: dyncamp.
   With exactly these privileges, everything else left at none:

${tableText([HEADER, ...PRIVILEGES.map(roleRow)])}

   Optional, and what each is for:

${optionalText()}

   Reading the whole organization matters: a person or list that dyncamp cannot
   see would be created a second time.

3. An application user
   Power Platform admin center > Environments > (the environment) > Settings >
   Users + permissions > Application users > New app user: the app registration
   of step 1, the root business unit, the security role of step 2 and no other.
   Please do not reuse Marketo's sync user: Marketo does not read back what its
   own user changes.

To check afterwards: dyncamp sync check
`;
}

type Row = readonly string[];

function roleRow(privilege: Privilege): Row {
  const table = TABLE_LABELS[privilege.table] ?? privilege.table;
  return [table, verbOf(privilege), DEPTH_LABELS[neededDepth(privilege)], privilege.name];
}

/** Each with what it is for on the line below. */
function optionalText(): string {
  const lines = tableText(OPTIONAL_PRIVILEGES.map(roleRow)).split('\n');
  return lines.map((line, place) => `${line}\n       ${OPTIONAL_PRIVILEGES[place]?.purpose ?? ''}`).join('\n');
}

function tableText(rows: readonly Row[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? '').length))) ?? [];
  const lines = rows.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return lines.map((line) => `     ${line}`.trimEnd()).join('\n');
}

function verbOf({ name }: Privilege): string {
  const verb = /^prv(AppendTo|Append|Create|Read|Write)[A-Z]/.exec(name)?.[1] ?? name;
  return verb.replace('AppendTo', 'Append To');
}
