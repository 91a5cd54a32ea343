import type { Table } from '../schema/schema.ts';
import type { Json } from './attribute-metadata.ts';

/**
 * The lookups of a table, one entry per table that each can point to. ReferencingEntityNavigationPropertyName is what `@odata.bind` is
 * appended to. Differs: MetadataId and the cascade rules of the real service are not kept.
 */
export function manyToOneRelationships(table: Table): readonly Json[] {
  return [...table.navigation.values()].flatMap((navigation) => {
    if (navigation.kind !== 'single') return [];
    return [
      {
        SchemaName: `${table.name}_${navigation.name}`,
        ReferencedAttribute: `${navigation.target}id`,
        ReferencedEntity: navigation.target,
        ReferencingAttribute: navigation.column.replace(/^_(.*)_value$/, '$1'),
        ReferencingEntity: table.name,
        ReferencingEntityNavigationPropertyName: navigation.name,
        RelationshipType: 'OneToManyRelationship',
        MetadataId: null,
      },
    ];
  });
}
