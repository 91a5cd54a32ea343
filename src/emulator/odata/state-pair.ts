import { ODataError } from '../errors.ts';
import type { Table } from '../schema/schema.ts';
import type { Row, Value } from '../store/row-store.ts';

export function invalidStatePair(): ODataError {
  return new ODataError(
    400,
    '0x80048408',
    'State code is invalid or state code is valid but status code is invalid for a specified state code.',
  );
}

/**
 * The state columns of a change, completed: a state brings its default status reason, a status reason must fit its state.
 * `currentState` is the row's state before an update; on creation the default.
 */
export function statePair(table: Table, changes: Row, currentState: Value | undefined): Row {
  const { statecode, statuscode } = changes;
  if (statecode === undefined && statuscode === undefined) return {};
  const state = statecode ?? currentState;
  if (statuscode === undefined || statuscode === null)
    return { statecode: state ?? null, statuscode: defaultStatus(table, state) };
  const owner = table.columns.get('statuscode')?.options?.find((option) => option.value === statuscode);
  if (owner === undefined || (state !== undefined && state !== null && owner.state !== state)) throw invalidStatePair();
  return { statecode: state ?? owner.state ?? null, statuscode };
}

function defaultStatus(table: Table, state: Value | undefined): number {
  const status = table.columns.get('statecode')?.defaultStatus?.[String(state)];
  if (status === undefined) throw invalidStatePair();
  return status;
}
