/**
 * Requests to a Dataverse organization and their results, as values. Knows OData's shapes and nothing of marketing.
 */
import type { DataverseError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { Allowed, WriteTurn } from '../transport/gate.ts';
import type { Traffic } from '../transport/open-transport.ts';
import type { WaitForRetry } from '../transport/retry.ts';

type Request = {
  /** Relative to the Web API root, encoded: `leads?$select=leadid`, `AddListMembersList`. Built by odata-query.ts and fetchxml.ts only. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** What the answer to a read must hold. Anything less does not count as an answer (classify.ts), never as "nothing is there". */
export type Expected =
  /**
   * A collection. Every row carries `names`: its primary key, what it was found by, selected columns that are never empty, the name of a
   * count. `together`: columns of a joined row, of which a row has all or none.
   */
  | { readonly kind: 'rows'; readonly names: readonly string[]; readonly together?: readonly string[] }
  /** One object with these properties: a row with its key, the result of a function. */
  | { readonly kind: 'object'; readonly names: readonly string[] };

/** Made by reads.ts. */
export type Read = Request & { readonly method: 'GET'; readonly expects: Expected; readonly body?: undefined };
export type Write = Request & { readonly method: 'POST' | 'PATCH' | 'DELETE'; readonly body?: JsonObject };
export type Operation = Read | Write;

/** One transaction inside a batch: all or nothing, with one error. */
export type ChangeSet = { readonly changeSet: readonly Write[] };
export type BatchPart = Operation | ChangeSet;

export type OperationResult =
  /** Done, with the body if there was one. For a change set: every operation was done. For a read: all of what it expects, all pages of it. */
  | {
      readonly kind: 'ok';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: JsonObject;
    }
  /** The server said no; nothing of it was done. */
  | { readonly kind: 'refused'; readonly error: DataverseError }
  /** It may have been done or not: read the server. */
  | { readonly kind: 'unknown'; readonly error: Error }
  /** Certainly not done (throttled, or the server stopped before it): may be sent again. */
  | { readonly kind: 'not-run'; readonly error?: Error };

export type ProtocolQuestion =
  /** `$metadata` as a whole: several MB of CSDL. */
  | 'metadata'
  /** A GET without OData-Version (U26). */
  | 'no-version'
  /** A batch of one GET whose lines end in LF alone (U21). */
  | 'line-feeds'
  /** A batch of one GET that finds nothing (404), without odata.continue-on-error (U21). */
  | 'failing-batch';

export type ProtocolAnswer = { readonly status: number; readonly body: string };

export type Dataverse = {
  /** `https://contoso.crm4.dynamics.com`, without a path. */
  readonly origin: string;
  /**
   * One write, sent once: `unknown` when its answer was lost. Throws DataverseError only when everything will be refused, and
   * TemporaryError when the wait budget is used up.
   */
  send(write: Write): Promise<OperationResult>;
  /** One read, repeated until it is answered. Throws the refusal. */
  read(read: Read): Promise<JsonObject>;
  /** All rows of a collection, page by page. Refuses a nextLink of another origin. A page size goes into the read's headers. */
  pages(read: Read): AsyncIterable<readonly JsonObject[]>;
  /**
   * One `$batch` request; results in the order of the parts, one per part. Always sent with `odata.continue-on-error`.
   * A batch of reads is repeated until each part is `ok`, with all its pages, or `refused`. A batch with writes is sent once (again
   * only while all its writes are throttled) and classified part by part.
   */
  batch(parts: readonly BatchPart[]): Promise<readonly OperationResult[]>;
  /** Any status is an answer. Throws like read when none comes. */
  ask(question: ProtocolQuestion): Promise<ProtocolAnswer>;
  traffic(): Traffic;
  /** Epoch ms of the organization's clock, running on between answers; undefined until one has named a time. */
  serverNow(): number | undefined;
  /** Waits until these rows may be written to: the service may not take several writes to one of them at a time (U33). */
  writeTurn(rowIds: readonly string[]): Promise<WriteTurn>;
  /** For writes that the service puts off. Their waits end with TemporaryError when the wait budget is used up. */
  startAttempts(): WaitForRetry;
  /** What the service can take now: from its hints and its answers. */
  allowed(): Allowed;
};
