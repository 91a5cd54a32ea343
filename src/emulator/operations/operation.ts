/** What an operation is given and what it gives back. Operations know rows and rules; nothing of sockets, batches or faults. */
import type { Caller } from '../caller.ts';
import type { QueryContext } from '../odata/query-context.ts';
import type { RequestPreferences } from '../preferences.ts';
import type { BoundTo } from '../route.ts';
import type { Row } from '../store/row-store.ts';
import type { Answer } from '../wire.ts';

/** What one request has done so far, for the simulated latency and for reads that lag. */
export type Work = { rowsRead: number; rowsWritten: number; tablesRead: string[] };

export type OperationContext = QueryContext & {
  caller: Caller;

  work: Work;
  /** Says that this request's writes on a table become visible only after so many reads of it (U16, U22, faults). */
  delayReads: (reads: number) => void;
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
  preferences: RequestPreferences;
};

/** An action or function: its parameters are read and checked, its bound row is known by id only. */
export type BoundRequest = OperationRequest & {
  boundTo: BoundTo | undefined;
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

/** Times as the wire has them: whole seconds, UTC. */
function wireTime(context: { now: () => Date }): string {
  return `${context.now().toISOString().slice(0, 19)}Z`;
}

/** Who acts, and when. */
type Acting = { userId: string; caller: { onBehalfBy?: string }; now: () => Date };

/** Who and when, for a row that is new. */
export function createdColumns(context: Acting): Row {
  const time = wireTime(context);
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
    modifiedon: wireTime(context),
    _modifiedby_value: context.userId,
    _modifiedonbehalfby_value: context.caller.onBehalfBy ?? null,
  };
}
