/** What a FetchXML query says, before anything is known of tables and columns. Names are logical names. */

export type FetchAttribute = {
  name: string;
  alias: string | undefined;
  aggregate: string | undefined;
  isGroup: boolean;
  isDistinct: boolean;
};

export type FetchOrder = { attribute: string | undefined; alias: string | undefined; isDescending: boolean };

export type FetchCondition = {
  /** Alias of a linked table; undefined means the table the filter stands in. */
  entityName: string | undefined;
  attribute: string;
  operator: string;
  values: readonly string[];
};

export type FetchFilter = {
  type: 'and' | 'or';
  conditions: readonly FetchCondition[];
  filters: readonly FetchFilter[];
};

export type FetchEntity = {
  name: string;
  attributes: readonly FetchAttribute[];
  hasAllAttributes: boolean;
  orders: readonly FetchOrder[];
  filters: readonly FetchFilter[];
  links: readonly FetchLink[];
};

export type FetchLink = FetchEntity & {
  /** Column of the linked table. */
  from: string;
  /** Column of the table above. */
  to: string;
  alias: string | undefined;
  type: 'inner' | 'outer';
};

export type Fetch = {
  entity: FetchEntity;
  count: number | undefined;
  page: number;
  pagingCookie: string | undefined;
  top: number | undefined;
  isDistinct: boolean;
  isAggregate: boolean;
  returnsTotal: boolean;
};
