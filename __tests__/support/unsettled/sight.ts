/** Questions about what a user may see: U37, U38, U40, U44. */
import { codeOf, isGood, mustWork, NotAsked, type Probe, type ProbeTools } from './probe.ts';

export const sightProbes: readonly Probe[] = [
  { question: 'U37', name: 'tableDefinitions', ask: tableDefinitions },
  { question: 'U38', name: 'privilegesByNames', ask: privilegesByNames },
  { question: 'U40', name: 'securedEmail', ask: securedEmail },
  { question: 'U44', name: 'readDepth', ask: readDepth },
];

const emailColumn = ({ api }: ProbeTools) => {
  const filter = encodeURIComponent("LogicalName eq 'emailaddress1'");
  return api.get(
    `EntityDefinitions(LogicalName='lead')/Attributes?$select=LogicalName,AttributeType,IsSecured&$filter=${filter}`,
  );
};

async function tableDefinitions(tools: ProbeTools): Promise<string> {
  const answer = await emailColumn(tools);
  return isGood(answer) ? 'readable' : codeOf(answer);
}

async function securedEmail(tools: ProbeTools): Promise<string> {
  const { json } = mustWork('Reading the definition of a column', await emailColumn(tools));
  const [column] = Array.isArray(json.value) ? json.value : [];
  return Object(column).IsSecured === true ? 'yes' : 'no';
}

const readLead = async ({ api }: ProbeTools) => {
  const { json } = mustWork('WhoAmI', await api.get('WhoAmI'));
  const names = encodeURIComponent('["prvReadLead"]');
  const path = `systemusers(${json.UserId})/Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames`;
  return api.get(`${path}(PrivilegeNames=@p1)?@p1=${names}`);
};

async function privilegesByNames(tools: ProbeTools): Promise<string> {
  const answer = await readLead(tools);
  if (!isGood(answer)) return 'refused';
  return granted(answer.json).PrivilegeName === undefined ? 'without-names' : 'full';
}

async function readDepth(tools: ProbeTools): Promise<string> {
  return String(granted(mustWork('Reading privileges', await readLead(tools)).json).Depth);
}

function granted({ RolePrivileges: all }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const [first] = Array.isArray(all) ? all : [];
  if (first === undefined) throw new NotAsked('the user may not read leads');
  return Object(first);
}
