/** What an operation is given and what it gives back. Operations know rows and rules; nothing of sockets, batches or faults. */

import type { QueryContext } from '../odata/query.ts';
import { formatTime } from '../odata/values.ts';
import type { Caller } from '../organization/privileges.ts';
import type { Answer, RequestPreferences } from '../requests/wire.ts';
import type { Row } from '../store/row.ts';

/** What one request has done so far, for the simulated latency and for reads that lag. */
export type Work = {
  rowsRead: number;
  rowsWritten: number;
  tablesRead: string[];
  /** Simulated time that has passed already. */
  sleptMs: number;
  /** U36: the time of the whole request is up. */
  isOutOfTime: boolean;
};

export type OperationContext = QueryContext & {
  request: OperationRequest;
  caller: Caller;
  preferences: RequestPreferences;
  work: Work;
  isInChangeSet: boolean;
  /** A new row id. */
  newId: () => string;
};

export type OperationRequest = {
  method: string;
  /** The query string as it came, without the question mark. */
  rawQuery: string;
  /** The JSON body; empty object when there was none. */
  body: Readonly<Record<string, unknown>>;
  headers: Readonly<Record<string, string>>;
};

/** An action or function: its parameters are read and checked. */
export type BoundRequest = {
  /** What it is bound to; empty texts where it is not, and an empty id where it is bound to the table as a whole. */
  table: string;
  id: string;
  parameters: Readonly<Record<string, unknown>>;
};

export type NamedOperation = (context: OperationContext, request: BoundRequest) => Answer;

export function contextUrl(context: OperationContext, fragment: string): string {
  return `${context.apiRoot}$metadata#${fragment}`;
}

export function complexAnswer(context: OperationContext, type: string, values: Record<string, unknown>): Answer {
  return {
    status: 200,
    body: { '@odata.context': contextUrl(context, `Microsoft.Dynamics.CRM.${type}`), ...values },
  };
}

/** Who acts, and when. */
type Acting = { userId: string; caller: { onBehalfBy?: string }; now: () => Date };

/** Who and when, for a row that is new. */
export function createdColumns(context: Acting): Row {
  const time = formatTime(context.now());
  return {
    createdon: time,
    modifiedon: time,
    _createdby_value: context.userId,
    _modifiedby_value: context.userId,
    _createdonbehalfby_value: context.caller.onBehalfBy ?? null,
    _modifiedonbehalfby_value: context.caller.onBehalfBy ?? null,
  };
}

export function modifiedColumns(context: Acting): Row {
  return {
    modifiedon: formatTime(context.now()),
    _modifiedby_value: context.userId,
    _modifiedonbehalfby_value: context.caller.onBehalfBy ?? null,
  };
}
