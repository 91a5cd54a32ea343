/** Reads switches from JSON or the command line. */
import { type Switches, UNSETTLED } from './unsettled.ts';

export const DEFAULT_SWITCHES: Switches = defaults();

function defaults(): Switches {
  const first: unknown = Object.fromEntries(Object.entries(UNSETTLED).map(([name, [value]]) => [name, value]));
  if (!isSwitches(first)) throw new Error('the first values of UNSETTLED are the defaults');
  return first;
}

function isSwitches(value: unknown): value is Switches {
  return isPartial(value) && Object.keys(UNSETTLED).every((name) => name in value);
}

function isPartial(value: unknown): value is Partial<Switches> {
  return typeof value === 'object' && value !== null && complaint(value) === undefined;
}

/** Says which name or value is unknown, and what there is. */
export function parseSwitches(value: unknown): Partial<Switches> {
  if (isPartial(value)) return value;
  throw new TypeError(typeof value === 'object' && value !== null ? complaint(value) : 'switches must be an object');
}

/** Actions that the switches take away (U9, U10, U11, U28): `$metadata` does not list them either. */
export function absentOperations(switches: Switches): ReadonlySet<string> {
  const { removeListMembersList, removeMemberList, removeItemCampaign, addItemCampaign } = switches;
  return new Set([
    ...(removeListMembersList === 'absent' ? ['RemoveListMembersList'] : []),
    ...(removeMemberList === 'absent' ? ['RemoveMemberList'] : []),
    ...(removeItemCampaign === 'absent' ? ['RemoveItemCampaign'] : []),
    ...(addItemCampaign === 'absent' ? ['AddItemCampaign'] : []),
  ]);
}

function complaint(value: object): string | undefined {
  const known: Readonly<Record<string, readonly string[] | undefined>> = UNSETTLED;
  for (const [name, chosen] of Object.entries(value)) {
    const values = known[name];
    if (values === undefined) return `unknown switch ${name}; known are ${Object.keys(UNSETTLED).join(', ')}`;
    if (!values.includes(String(chosen))) return `switch ${name} must be one of ${values.join(', ')}`;
  }
  return undefined;
}
