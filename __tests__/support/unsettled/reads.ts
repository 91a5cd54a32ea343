/** Questions about reading: U17, U19, U26 (the header), U29, U30, U41. */
import { randomUUID } from 'node:crypto';
import { how, isGood, type Probe, type ProbeTools } from './probe.ts';

export const readProbes: readonly Probe[] = [
  { question: 'U17', name: 'inOnEntityId', ask: inOnEntityId },
  { question: 'U19', name: 'associationFilter', ask: associationFilter },
  { question: 'U26', name: 'missingODataVersion', ask: missingVersion },
  { question: 'U29', name: 'inValues', ask: inValues },
  { question: 'U30', name: 'outerJoin', ask: outerJoin },
  { question: 'U41', name: 'absentParent', ask: absentParent },
];

async function inOnEntityId({ api }: ProbeTools): Promise<string> {
  const filter = `Microsoft.Dynamics.CRM.In(PropertyName='entityid',PropertyValues=["${randomUUID()}"])`;
  if (isGood(await api.get(`listmembers?$select=listmemberid&$filter=${encodeURIComponent(filter)}`))) return 'works';
  const condition = `<condition attribute='entityid' operator='in'><value>${randomUUID()}</value></condition>`;
  const xml = `<fetch><entity name='listmember'><attribute name='listmemberid'/><filter>${condition}</filter></entity></fetch>`;
  return how(await api.get(`listmembers?fetchXml=${encodeURIComponent(xml)}`), 'refused', 'fetchxml-too');
}

async function absentParent({ api }: ProbeTools): Promise<string> {
  return how(await api.get(`lists(${randomUUID()})/campaignlist_association?$select=campaignid`), 'no-rows', '404');
}

/** A collection that was expanded before is read again after a change: it must not come from a cache. */
async function associationFilter({ api, make, add, listed }: ProbeTools): Promise<string> {
  const [first, second] = [await make.lead(), await make.lead()];
  const list = await listed(first);
  const expanded = (lead: string) =>
    api.get(`lists(${list})?$select=listid&$expand=listlead_association($select=leadid;$filter=leadid eq ${lead})`);
  const any = () => api.get(`leads?$select=leadid&$filter=listlead_association/any(l:l/listid eq ${list})`);
  if (!isGood(await expanded(first)) || !isGood(await any())) return 'refused';
  await add(list, [second]);
  const { listlead_association: shown } = (await expanded(second)).json;
  const { value: found } = (await any()).json;
  return count(shown) === 1 && count(found) === 2 ? 'works' : 'stale';
}

const count = (rows: unknown): number => (Array.isArray(rows) ? rows.length : 0);

async function missingVersion({ api }: ProbeTools): Promise<string> {
  return how(await api.get('WhoAmI', { 'OData-Version': '', 'OData-MaxVersion': '' }), 'accepted', 'refused');
}

/** Caps that were told of, from the highest; the last is taken where neither fits. */
const CAPS = [
  [2001, 'unlimited'],
  [301, 'limit-2000'],
] as const;

async function inValues({ batchedGet }: ProbeTools): Promise<string> {
  for (const [size, answer] of CAPS) {
    const values = Array.from({ length: size }, (_, place) => place.toString(36));
    const filter = `Microsoft.Dynamics.CRM.In(PropertyName='emailaddress1',PropertyValues=${JSON.stringify(values)})`;
    if (isGood(await batchedGet(`leads?$select=leadid&$top=1&$filter=${encodeURIComponent(filter)}`))) return answer;
  }
  return 'limit-300';
}

async function outerJoin({ api }: ProbeTools): Promise<string> {
  const xml = `<fetch top='1'><entity name='lead'><attribute name='leadid'/><link-entity name='listmember' from='entityid' to='leadid' link-type='outer' alias='m'><attribute name='listid' alias='m_list'/><filter><condition attribute='listid' operator='eq' value='${randomUUID()}'/></filter></link-entity></entity></fetch>`;
  return how(await api.get(`leads?fetchXml=${encodeURIComponent(xml)}`), 'works', 'refused');
}
