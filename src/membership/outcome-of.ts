import type { InputRow } from './input-row.ts';
import type { Outcome, OutcomeName } from './outcome.ts';

/** The outcome of a row, with what is known beyond its name. */
export function outcomeOf(
  row: Pick<InputRow, 'place' | 'columns'>,
  outcome: OutcomeName,
  details: Partial<Outcome> = {},
): Outcome {
  return { ...details, outcome, place: row.place, columns: row.columns };
}
