import type { InputRow } from '../input/input-row.ts';
import type { Outcome, OutcomeName } from './outcome.ts';

/** The outcome of a row, with what is known beyond its name. Every column is there, so that all outcomes have one shape: millions pass. */
export function outcomeOf(
  row: Pick<InputRow, 'place' | 'columns'>,
  outcome: OutcomeName,
  details: Partial<Outcome> = {},
): Outcome {
  return {
    outcome,
    place: row.place,
    columns: row.columns,
    personType: details.personType,
    personId: details.personId,
    created: details.created,
    listMemberId: details.listMemberId,
    addedBy: details.addedBy,
    code: details.code,
    message: details.message,
    requestId: details.requestId,
    dryRun: details.dryRun,
  };
}
