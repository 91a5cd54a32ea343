/** What `$filter` says, before anything is known of tables and columns. */

export type Literal =
  | { kind: 'string'; value: string }
  | { kind: 'number'; value: number }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'guid'; value: string }
  | { kind: 'time'; value: string }
  | { kind: 'date'; value: string }
  /** `Microsoft.Dynamics.CRM.AttributeTypeCode'Picklist'`: in metadata only. */
  | { kind: 'enum'; value: string }
  | { kind: 'null' };

export type Path = { kind: 'path'; segments: readonly string[] };

export type Operand = Literal | Path;

export const COMPARISONS = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export const TEXT_FUNCTIONS = ['contains', 'startswith', 'endswith'] as const;
export type TextFunction = (typeof TEXT_FUNCTIONS)[number];

export type Filter =
  | { kind: 'and' | 'or'; parts: readonly Filter[] }
  | { kind: 'not'; operand: Filter }
  | { kind: 'compare'; operator: Comparison; left: Operand; right: Operand }
  | { kind: 'text'; name: TextFunction; path: Path; text: Operand }
  | { kind: 'function'; name: string; parameters: ReadonlyMap<string, string | readonly string[] | null> }
  | { kind: 'any' | 'all'; path: Path; variable: string | undefined; predicate: Filter | undefined }
  | { kind: 'flag'; path: Path };

/** Leaves of the tree: what Dataverse counts as conditions. */
export function countConditions(filter: Filter): number {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.parts.reduce((sum, part) => sum + countConditions(part), 0);
    case 'not':
      return countConditions(filter.operand);
    case 'any':
    case 'all':
      return filter.predicate === undefined ? 1 : countConditions(filter.predicate);
    default:
      return 1;
  }
}
