import { notEmulated } from '../errors/path-errors.ts';
import type { Filter, Operand } from '../odata/filter-ast.ts';
import { propertyNotFound } from '../odata/query-errors.ts';
import type { Json } from './attribute-metadata.ts';

/** `$filter` over metadata: equality of plain properties, and/or/not. `type` names the objects in error texts. */
export function matchesFilter(filter: Filter, object: Json, type: string): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => matchesFilter(part, object, type));
    case 'or':
      return filter.parts.some((part) => matchesFilter(part, object, type));
    case 'not':
      return !matchesFilter(filter.operand, object, type);
    case 'flag':
      return valueOfOperand(filter.path, object, type) === true;
    case 'compare': {
      const isEqual = valueOfOperand(filter.left, object, type) === valueOfOperand(filter.right, object, type);
      if (filter.operator === 'eq') return isEqual;
      if (filter.operator === 'ne') return !isEqual;
      throw notEmulated(`'${filter.operator}' in a filter over metadata`);
    }
    default:
      throw notEmulated('functions in a filter over metadata');
  }
}

function valueOfOperand(operand: Operand, object: Json, type: string): unknown {
  if (operand.kind === 'null') return null;
  if (operand.kind !== 'path') return operand.value;
  let value: unknown = object;
  for (const segment of operand.segments) {
    const members: Map<string, unknown> = new Map(Object.entries(value ?? {}));
    if (!members.has(segment)) throw propertyNotFound(segment, type);
    value = members.get(segment);
  }
  return value;
}
