import { badQuery, propertyNotFound } from '../odata/query-errors.ts';
import type { QueryOptions } from '../odata/query-options.ts';
import { splitOutside } from '../odata/split-outside.ts';

export type MetadataExpand = { name: string; select: readonly string[] | undefined };

const WITH_OPTIONS = [
  'PicklistAttributeMetadata',
  'StateAttributeMetadata',
  'StatusAttributeMetadata',
  'BooleanAttributeMetadata',
];
const EXPANDABLE = ['OptionSet', 'GlobalOptionSet'];

/** `$expand=OptionSet($select=Options),GlobalOptionSet`: only attributes cast to a type with options have these. */
export function readExpand(query: QueryOptions, type: string | undefined): MetadataExpand[] {
  const text = query.options.get('$expand');
  if (text === undefined) return [];
  return splitOutside(text, ',').map((item) => {
    const match = /^(\w+)(?:\(\$select=([\w,\s]*)\))?$/.exec(item.trim());
    if (match === null) throw badQuery(`Term '${item}' is not valid in a $select or $expand expression.`);
    const [, name = '', select] = match;
    const isKnown = EXPANDABLE.includes(name) && type !== undefined && WITH_OPTIONS.includes(type);
    if (!isKnown) throw propertyNotFound(name, type ?? 'AttributeMetadata');
    return { name, select: select?.split(',').map((each) => each.trim()) };
  });
}
