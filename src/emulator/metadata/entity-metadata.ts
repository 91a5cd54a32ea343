import type { Table } from '../schema/schema.ts';
import type { Json } from './attribute-metadata.ts';
import { label, metadataId, NO_LABEL } from './label.ts';

/** Tables with a default duplicate-detection rule that is served. */
const RULE_TABLES: readonly string[] = ['lead', 'contact'];

/** The properties of a table that are served. */
export function entityProperties(table: Table): Json {
  const schemaName = table.name.slice(0, 1).toUpperCase() + table.name.slice(1);
  return {
    MetadataId: metadataId('entity', table.name),
    LogicalName: table.name,
    SchemaName: schemaName,
    EntitySetName: table.set,
    LogicalCollectionName: table.set,
    CollectionSchemaName: table.set,
    ObjectTypeCode: table.typeCode,
    PrimaryIdAttribute: table.key,
    PrimaryNameAttribute: table.primaryName ?? null,
    DisplayName: label(schemaName, `${table.name}.one`, true),
    DisplayCollectionName: label(table.set.slice(0, 1).toUpperCase() + table.set.slice(1), `${table.name}.many`, true),
    Description: NO_LABEL,
    IsCustomEntity: false,
    IsManaged: true,
    IsIntersect: false,
    IsDuplicateDetectionEnabled: {
      Value: RULE_TABLES.includes(table.name),
      CanBeChanged: true,
      ManagedPropertyLogicalName: 'canmodifyduplicatedetectionsettings',
    },
    OwnershipType: table.columns.has('_ownerid_value') ? 'UserOwned' : 'OrganizationOwned',
  };
}
