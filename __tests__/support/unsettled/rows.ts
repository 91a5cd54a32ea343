/** Questions about making rows and comparing their texts: U20, U24, U31, U34, U39. */
import { randomUUID } from 'node:crypto';
import { codeOf, how, isGood, NotAsked, type Probe, type ProbeTools } from './probe.ts';

export const rowProbes: readonly Probe[] = [
  { question: 'U20', name: 'duplicateStatus', ask: duplicateStatus },
  { question: 'U24', name: 'createOnlyPatchOnList', ask: createOnlyPatch },
  { question: 'U31', name: 'reusedId', ask: reusedId },
  { question: 'U34', name: 'takenIdCode', ask: takenIdCode },
  { question: 'U39', name: 'collation', ask: collation },
];

/** DuplicateRecordsFound. */
const DUPLICATE = '0x80040333';

async function duplicateStatus({ api, make }: ProbeTools): Promise<string> {
  const emailaddress1 = `dyncamp-contract-${randomUUID()}@example.com`;
  const row = { lastname: 'dyncamp-contract', emailaddress1 };
  await make.lead(row);
  const answer = await api.post('leads', row, { 'MSCRM.SuppressDuplicateDetection': 'false' });
  if (isGood(answer)) throw new NotAsked('no published duplicate rule finds leads of one e-mail address');
  if (codeOf(answer) !== DUPLICATE) throw new NotAsked(`a second lead was refused otherwise (${codeOf(answer)})`);
  return String(answer.status);
}

async function createOnlyPatch({ api, make }: ProbeTools): Promise<string> {
  const list = await make.leadList();
  const row = { listname: 'dyncamp-contract', createdfromcode: 4 };
  return how(await api.patch(`lists(${list})`, row, { 'If-None-Match': '*' }), 'upsert', '412');
}

async function reusedId({ api, make }: ProbeTools): Promise<string> {
  const leadid = await make.lead();
  await api.delete(`leads(${leadid})`);
  return how(await api.post('leads', { leadid, lastname: 'Again' }), 'allowed', 'refused');
}

async function takenIdCode({ api, make }: ProbeTools): Promise<string> {
  return codeOf(await api.post('leads', { leadid: await make.lead(), lastname: 'Again' })) || 'empty';
}

async function collation({ api, make }: ProbeTools): Promise<string> {
  const tag = randomUUID().replaceAll('-', '');
  await make.lead({ emailaddress1: `JOSÉ-KIM-${tag}@EXAMPLE.COM` });
  const finds = async (name: string): Promise<boolean> =>
    (await api.rows(`leads?$select=leadid&$filter=emailaddress1 eq '${encodeURIComponent(name)}-${tag}@example.com'`))
      .length === 1;
  if (!(await finds('josé-kim'))) return 'turkish';
  return (await finds('jose-kim')) ? 'CI_AI' : 'CI_AS';
}
