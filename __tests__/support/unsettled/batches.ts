/** The questions about batches: U21, U35. */
import { changeSet, part, sendBatch } from '../raw-batch.ts';
import { how, isGood, type Probe, type ProbeTools } from './probe.ts';

export const batchProbes: readonly Probe[] = [
  { question: 'U21', name: 'batchLineEnds', ask: lineEnds },
  { question: 'U21', name: 'batchOuterStatus', ask: outerStatus },
  { question: 'U21', name: 'changeSetError', ask: changeSetError },
  { question: 'U35', name: 'batchParts', ask: batchParts },
];

async function lineEnds({ api }: ProbeTools): Promise<string> {
  const body =
    '--b\nContent-Type: application/http\nContent-Transfer-Encoding: binary\n\nGET /api/data/v9.2/WhoAmI HTTP/1.1\n\n\n--b--\n';
  return how(await sendBatch(api, { boundary: 'b', body }), 'lenient', 'strict');
}

async function outerStatus({ api, make }: ProbeTools): Promise<string> {
  const taken = await make.lead();
  const answer = await sendBatch(api, [part('POST', 'leads', { leadid: taken, lastname: 'X' })]);
  return answer.status === 400 ? '400' : 'of-the-part';
}

async function changeSetError({ api, make }: ProbeTools): Promise<string> {
  const taken = await make.lead();
  const answer = await sendBatch(api, [changeSet(part('POST', 'leads', { leadid: taken, lastname: 'X' }, '1'))]);
  return answer.text.includes('changesetresponse_') ? 'nested' : 'bare';
}

async function batchParts({ api }: ProbeTools): Promise<string> {
  const takes = async (count: number) =>
    isGood(
      await sendBatch(
        api,
        Array.from({ length: count }, () => part('GET', 'WhoAmI')),
      ),
    );
  if (await takes(251)) return '1000';
  return (await takes(101)) ? '250' : '100';
}
