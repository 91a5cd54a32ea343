/** Commits what became of sent changes, where the journal still can. What was done and cannot be noted is open: the next run notes it. */
import { DyncampError } from '../errors.ts';
import type { Conclusion, StoredEvent } from '../journal/journal.ts';
import type { Campaign } from './campaign.ts';
import { withCreationsFirst } from './creations-first.ts';
import { OUTCOME_KINDS, type Outcome } from './outcome.ts';
import type { WritingSession } from './session.ts';
import { unconfirmedDetails } from './write-result.ts';

export type Noted = {
  /** New ones, in order. */
  readonly events: readonly StoredEvent[];
  /** Why nothing was noted: a disk that filled up after the write was sent. */
  readonly failure: DyncampError | undefined;
};

export function noteConclusions(
  session: WritingSession,
  campaign: Campaign,
  conclusions: readonly Conclusion[],
): Noted {
  try {
    return { events: session.run.conclude(withCreationsFirst(session, campaign, conclusions)), failure: undefined };
  } catch (error) {
    if (!(error instanceof DyncampError)) throw error;
    return { events: [], failure: error };
  }
}

/** The outcome of somebody whose change could not be noted: refused stays refused, done is not claimed without its event. */
export function unnoted(outcome: Outcome, failure: DyncampError): Outcome {
  return OUTCOME_KINDS[outcome.outcome] === 'done'
    ? { ...outcome, outcome: 'unconfirmed', ...unconfirmedDetails(failure) }
    : outcome;
}
