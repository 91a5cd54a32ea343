/**
 * What a query is given, and the query string as OData has it: system options, parameter aliases, and the few custom options that Dataverse
 * knows.
 */

import { refuse } from '../errors/errors.ts';
import type { Schema } from '../schema/schema.ts';
import type { Row } from '../store/row.ts';
import type { RowStore } from '../store/store.ts';
import type { Switches } from '../switches.ts';

export type QueryContext = {
  store: RowStore;
  schema: Schema;
  switches: Switches;
  pageSize: number;
  /** e.g. `http://127.0.0.1:8080/api/data/v9.2/`, with the slash. */
  apiRoot: string;
  userId: string;
  businessUnitId: string;
  now: () => Date;
  preferences: Preferences;
  work: { rowsRead: number };
  /** Rows the caller may not see are left out: column values that every row read from the table must have. */
  visible?: (table: string) => Row | undefined;
};

export type Preferences = {
  /** `odata.maxpagesize`; 5,000 is default and maximum. */
  maxPageSize?: number;
  /** `odata.include-annotations`: names, `*`, or patterns such as `Microsoft.Dynamics.CRM.*`; a leading `-` excludes. */
  annotations?: readonly string[];
};

/** What a path that can be read names. */
export type QueryTarget =
  | { kind: 'collection'; table: string }
  | { kind: 'row'; table: string; id: string }
  | {
      kind: 'navigation';
      table: string;
      id: string;
      property: string;
      ref: boolean;
      /** `/$count` at its end. */
      isCounted?: boolean;
      /** One row of the collection: for `$ref` only. */
      relatedId?: string;
    }
  | { kind: 'column'; table: string; id: string; column: string }
  | { kind: 'count'; table: string };

export type QueryOptions = {
  options: ReadonlyMap<string, string>;
  /** `@p1` → its text. */
  aliases: ReadonlyMap<string, string>;
  /** The options as they were sent, for the next link. */
  raw: ReadonlyMap<string, string>;
};

const SUPPORTED = ['$select', '$filter', '$orderby', '$top', '$count', '$expand', '$apply', '$skiptoken'];

export function readQueryOptions(rawQuery: string): QueryOptions {
  const options = new Map<string, string>();
  const aliases = new Map<string, string>();
  const raw = new Map<string, string>();
  for (const [name, value, rawValue] of queryPairs(rawQuery)) {
    if (name.startsWith('$') && !SUPPORTED.includes(name)) throw refuse.optionNotSupported(name);
    if (name.startsWith('$') && options.has(name))
      throw refuse.badQuery(
        `Query option '${name}' was specified more than once, but it must be specified at most once.`,
      );
    (name.startsWith('@') ? aliases : options).set(name, value);
    raw.set(name, rawValue);
  }
  return { options, aliases, raw };
}

/** Names and values of a query string, the values decoded and as they were sent. */
export function queryPairs(rawQuery: string): [name: string, value: string, rawValue: string][] {
  const pairs = rawQuery.split('&').filter((pair) => pair !== '');
  return pairs.map((pair) => {
    const equals = pair.indexOf('=');
    const rawValue = equals < 0 ? '' : pair.slice(equals + 1);
    return [decodeText(equals < 0 ? pair : pair.slice(0, equals)).trim(), decodeText(rawValue), rawValue];
  });
}

/** `+` is a blank, as Microsoft's OData library reads it: a plus sign in an e-mail address must be sent as `%2B`. */
export function decodeText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw refuse.querySyntax();
  }
}
