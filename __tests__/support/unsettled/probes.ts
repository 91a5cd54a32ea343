/** Every question of docs/unsettled.md: put to an organization, or left out with the reason. */
import type { SwitchName } from '../../../src/emulator/switches.ts';
import { additionProbes } from './additions.ts';
import { batchProbes } from './batches.ts';
import { linkProbes } from './links.ts';
import { NotAsked, type Probe, type ProbeTools } from './probe.ts';
import { readProbes } from './reads.ts';
import { removalProbes } from './removals.ts';
import { rowProbes } from './rows.ts';
import { sightProbes } from './sight.ts';

const numberOf = ({ question }: Probe): number => Number(question.slice(1));

/** In the order of their numbers. */
export const PROBES: readonly Probe[] = [
  ...additionProbes,
  ...removalProbes,
  ...linkProbes,
  ...readProbes,
  ...rowProbes,
  ...batchProbes,
  ...sightProbes,
].toSorted((one, other) => numberOf(one) - numberOf(other));

/** What cannot be found out from outside without harm. */
export const NEVER_ASKED: Readonly<Partial<Record<SwitchName, { readonly question: string; readonly why: string }>>> = {
  batchThrottling: {
    question: 'U21',
    why: 'an organization would have to be loaded until it throttles, which holds up everybody who works in it',
  },
  concurrentListWrites: {
    question: 'U33',
    why: 'which of two requests comes while the other one works cannot be arranged from outside',
  },
  securedValues: {
    question: 'U40',
    why: 'a column would have to be put under column security, and the user be left without a profile',
  },
  batchTime: { question: 'U36', why: 'an organization would have to work for minutes' },
};

/** The answer, or `not asked: …` with the reason. */
export async function askOrSayWhyNot(tools: ProbeTools, { ask }: Probe): Promise<string> {
  try {
    return await ask(tools);
  } catch (error) {
    if (error instanceof NotAsked) return `not asked: ${error.message}`;
    throw error;
  }
}
