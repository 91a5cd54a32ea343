import type { Schema } from '../schema/schema.ts';
import type { Row, RowStore } from '../store/row-store.ts';
import type { Switches } from '../unsettled.ts';

export type QueryContext = {
  store: RowStore;
  schema: Schema;
  switches: Switches;
  /** Rows per page at most. */
  pageSize: number;
  /** e.g. `http://127.0.0.1:8080/api/data/v9.2/`, with the slash. */
  apiRoot: string;
  userId: string;
  businessUnitId: string;
  now: () => Date;
  /** Rows the caller may not see are simply missing: an equality that every row read from the table must meet. */
  visible?: (table: string) => Row | undefined;
};

export type Preferences = {
  /** `odata.maxpagesize`; 5,000 is default and maximum. */
  maxPageSize?: number;
  /** `odata.include-annotations`: names, `*`, or patterns such as `Microsoft.Dynamics.CRM.*`; a leading `-` excludes. */
  annotations?: readonly string[];
};

export type QueryTarget =
  | { kind: 'collection'; table: string }
  | { kind: 'row'; table: string; id: string }
  | { kind: 'navigation'; table: string; id: string; property: string; ref: boolean; count?: true }
  | { kind: 'column'; table: string; id: string; column: string; raw: boolean }
  | { kind: 'count'; table: string };

export type QueryResult = {
  status: 200 | 204;
  body: unknown;
  /** Rows read, for the latency model. */
  rowsRead: number;
  tables: readonly string[];
};
