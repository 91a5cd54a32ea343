/** What is known of a table's columns: enough to turn text into values that a creation may carry. */
import type { PersonType } from '../../events.ts';

export type ChoiceOption = {
  readonly value: number;
  /** In every language of the organization. */
  readonly labels: readonly string[];
};

export type LookupTarget = {
  readonly table: string;
  readonly entitySet: string;
  /** What `@odata.bind` is appended to; its case counts, and it may differ from the column's name. */
  readonly navigationProperty: string;
};

export type ColumnType =
  /** `maxLength` in UTF-16 units; undefined when the definition has none. */
  | { readonly kind: 'text'; readonly maxLength: number | undefined }
  | { readonly kind: 'choice'; readonly options: readonly ChoiceOption[] }
  | { readonly kind: 'boolean'; readonly trueLabels: readonly string[]; readonly falseLabels: readonly string[] }
  | { readonly kind: 'integer' }
  | { readonly kind: 'decimal' }
  | { readonly kind: 'date' }
  | { readonly kind: 'date-time' }
  | { readonly kind: 'lookup'; readonly targets: readonly LookupTarget[] }
  | { readonly kind: 'guid' }
  /** A type that text cannot express (file, image, party list, multi-select choice, …), by Dataverse's name. */
  | { readonly kind: 'other'; readonly name: string };

export type Column = {
  readonly name: string;
  readonly type: ColumnType;
  readonly creatable: boolean;
  /** Enforced by the API. What only forms enforce (ApplicationRequired) does not count. */
  readonly required: boolean;
};

export type TableMetadata = {
  readonly table: PersonType;
  readonly columns: ReadonlyMap<string, Column>;
};
