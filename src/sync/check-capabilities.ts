/**
 * Which of the actions that dyncamp uses this organization offers. `sdkmessages` lists the messages of the organization; whether the Web
 * API takes each is seen only when it is sent (unsettled U9–U11, U28).
 */
import { eq, odataString, or, query } from '../dataverse/odata-query.ts';
import type { OperationResult, Read } from '../dataverse/operation.ts';
import { readRows } from '../dataverse/reads.ts';
import { rowsOf } from '../membership/rows-of.ts';
import { type Check, notChecked, ok, problem, warning } from './check.ts';

type Capability = {
  readonly name: string;
  readonly use: string;
  /** What takes its place where it is not offered. */
  readonly instead: string;
  /** A message that must then be there. */
  readonly replacement?: string | undefined;
};

const CAPABILITIES: readonly Capability[] = [
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
    instead: 'somebody who cannot be removed holds up those sent together with them',
    replacement: 'RemoveListMembersList',
  },
  {
    name: 'AddMemberList',
    use: 'adds one person',
    instead: 'somebody who cannot be added holds up those sent together with them',
    replacement: 'AddListMembersList',
  },
  { name: 'AddItemCampaign', use: 'links a list to a campaign', instead: 'the association is written directly' },
  {
    name: 'RemoveItemCampaign',
    use: 'unlinks a list (sync repair)',
    instead: 'the association is removed directly',
  },
];

/** Every organization has it: where it is missing too, the messages cannot be read. */
const ALWAYS_THERE = 'WhoAmI';

export const CAPABILITY_CHECK_IDS = CAPABILITIES.map(({ name }) => checkId(name));

function checkId(name: string): string {
  return `capability.${name}`;
}

export function messagesOperation(): Read {
  const names = [ALWAYS_THERE, ...CAPABILITIES.map(({ name }) => name)];
  const filter = or(...names.map((name) => eq('name', odataString(name))));
  return readRows(query('sdkmessages', { select: ['name'], filter }), 'name');
}

/** Names of the messages that are offered; undefined when they cannot be read. */
export function offeredMessages(result: OperationResult | undefined): ReadonlySet<string> | undefined {
  if (result?.kind !== 'ok') return undefined;
  const names = new Set(rowsOf(result).flatMap(({ name }) => (typeof name === 'string' ? [name] : [])));
  return names.size > 0 ? names : undefined;
}

export function checkCapabilities(offered: ReadonlySet<string> | undefined): readonly Check[] {
  return CAPABILITIES.map((capability) => {
    const id = checkId(capability.name);
    if (offered === undefined) return notChecked(id, 'The table sdkmessages, which lists the actions, cannot be read.');
    if (offered.has(capability.name)) return ok(id, `Offered: ${capability.use}.`);
    return withoutCapability(id, capability, offered);
  });
}

function withoutCapability(id: string, capability: Capability, offered: ReadonlySet<string>): Check {
  const { use, instead, replacement } = capability;
  if (replacement === undefined || offered.has(replacement)) {
    const by = replacement === undefined ? '' : ` by ${replacement}`;
    return warning(id, `Not offered. It ${use}; without it ${instead}${by}.`);
  }
  return problem(
    id,
    `Not offered, and neither is ${replacement}. It ${use}.`,
    'Marketing lists and campaigns need Dynamics 365 Sales: install it in this environment (Power Platform admin center > Resources > Dynamics 365 apps).',
  );
}
