/** Exit codes. The category of an error decides, never its message. */
import { type Category, DyncampError } from '../errors.ts';

export const EXIT = {
  done: 0,
  fault: 1,
  usage: 2,
  campaign: 3,
  authentication: 4,
  privilege: 5,
  problems: 10,
  input: 65,
  somePeopleFailed: 68,
  refused: 69,
  temporary: 75,
  hungUp: 129,
  stopped: 130,
  readerGone: 141,
  terminated: 143,
} as const;

const BY_CATEGORY = {
  usage: EXIT.usage,
  campaign: EXIT.campaign,
  authentication: EXIT.authentication,
  privilege: EXIT.privilege,
  input: EXIT.input,
  temporary: EXIT.temporary,
  // A refusal of the service is not a bug of ours.
  dataverse: EXIT.refused,
} as const satisfies Record<Category, number>;

export function exitCodeOf(error: unknown): number {
  return error instanceof DyncampError ? BY_CATEGORY[error.category] : EXIT.fault;
}

/**
 * Strongest first. Whatever stopped the run comes before 75, 65 and 68: each of those promises a run that read all its input,
 * or that a repetition helps.
 */
const STRONGEST_FIRST: readonly number[] = [
  EXIT.stopped,
  EXIT.terminated,
  EXIT.hungUp,
  EXIT.readerGone,
  EXIT.fault,
  EXIT.usage,
  EXIT.authentication,
  EXIT.privilege,
  EXIT.campaign,
  EXIT.refused,
  EXIT.temporary,
  EXIT.input,
  EXIT.somePeopleFailed,
  EXIT.problems,
];

/** The one code to end with when several apply; 0 when none does. A code that is not in the table counts as a bug of ours. */
export function combineExitCodes(codes: readonly number[]): number {
  const nonZero = codes.filter((code) => code !== EXIT.done);
  if (nonZero.length === 0) return EXIT.done;
  return STRONGEST_FIRST.find((code) => nonZero.includes(code)) ?? EXIT.fault;
}
