import type { Column } from '../schema/column.ts';
import {
  type Navigation,
  type Operation,
  requireColumn,
  type Schema,
  type Table,
  targetKey,
} from '../schema/schema.ts';

const ENUMS: Readonly<Record<string, readonly string[]>> = {
  EndpointAccessType: ['Default', 'Internet', 'Intranet'],
  EndpointType: ['OrganizationService', 'OrganizationDataService', 'WebApplication'],
  OrganizationState: ['Enabled', 'Disabled'],
  PrivilegeDepth: ['Basic', 'Local', 'Deep', 'Global', 'RecordFilter'],
};

/** The CSDL document; `absent` names operations that this organization does not offer. */
export function metadataXml(schema: Schema, absent: ReadonlySet<string> = new Set()): string {
  const operations = schema.operations.filter((each) => !absent.has(each.name) && isServed(schema, each));
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>',
    `<Schema Namespace="${schema.namespace}" Alias="mscrm" xmlns="http://docs.oasis-open.org/odata/ns/edm">`,
    '<EntityType Name="crmbaseentity" Abstract="true" />',
    '<EntityType Name="principal" BaseType="mscrm.crmbaseentity" Abstract="true"><Key><PropertyRef Name="ownerid" /></Key><Property Name="ownerid" Type="Edm.Guid" /></EntityType>',
    ...[...schema.tables.values()].map((table) => entityType(schema, table)),
    ...[...schema.complexTypes].map(([name, properties]) => {
      const inner = Object.entries(properties).map(([each, type]) => `<Property Name="${each}" Type="${type}" />`);
      return `<ComplexType Name="${name}">${inner.join('')}</ComplexType>`;
    }),
    ...Object.entries(ENUMS).map(([name, members]) => {
      const inner = members.map((member, index) => `<Member Name="${member}" Value="${index}" />`);
      return `<EnumType Name="${name}">${inner.join('')}</EnumType>`;
    }),
    ...operations.map(operationXml),
    container(schema, operations),
    '</Schema></edmx:DataServices></edmx:Edmx>',
  ].join('\n');
}

/** Users and teams inherit their key from `principal`. */
function entityType(schema: Schema, table: Table): string {
  const isPrincipal = table.name === 'systemuser' || table.name === 'team';
  const columns = [...table.columns.values()].filter((column) => !isPrincipal || column.name !== 'ownerid');
  const navigations = [...table.navigation.values()].filter(
    ({ target }) => target === 'principal' || schema.tables.has(target),
  );
  return [
    `<EntityType Name="${table.name}" BaseType="mscrm.${isPrincipal ? 'principal' : 'crmbaseentity'}">`,
    ...(isPrincipal ? [] : [`<Key><PropertyRef Name="${table.key}" /></Key>`]),
    ...columns.map(property),
    ...navigations.map((navigation) => navigationProperty(table, navigation)),
    '</EntityType>',
  ].join('\n');
}

function property(column: Column): string {
  const length = column.maxLength === undefined ? '' : ` MaxLength="${column.maxLength}"`;
  const open = `<Property Name="${column.name}" Type="${column.edm}"${length} Unicode="false"`;
  if (column.validForCreate || column.validForUpdate) return `${open} />`;
  return `${open}><Annotation Term="Org.OData.Core.V1.Permissions"><EnumMember>Org.OData.Core.V1.PermissionType/Read</EnumMember></Annotation></Property>`;
}

function navigationProperty(table: Table, navigation: Navigation): string {
  const type = `mscrm.${navigation.target}`;
  if (navigation.kind !== 'single')
    return `<NavigationProperty Name="${navigation.name}" Type="Collection(${type})" />`;
  const { name } = requireColumn(table, navigation.column);
  return `<NavigationProperty Name="${navigation.name}" Type="${type}"><ReferentialConstraint Property="${name}" ReferencedProperty="${targetKey(navigation)}" /></NavigationProperty>`;
}

/** Whether every type that the operation mentions is in the document. */
function isServed({ tables, complexTypes }: Schema, { bound, returns, parameters }: Operation): boolean {
  return [bound, returns, ...parameters.map(({ type }) => type)].every((type) => {
    const name = type?.replace(/^Collection\((.*)\)$/, '$1').replace(/^mscrm\./, '') ?? 'crmbaseentity';
    if (name.startsWith('Edm.') || name === 'crmbaseentity') return true;
    return tables.has(name) || complexTypes.has(name) || name in ENUMS;
  });
}

function operationXml({ kind, name, bound, parameters, returns }: Operation): string {
  const element = kind === 'action' ? 'Action' : 'Function';
  const binding = bound === null ? [] : [{ name: 'entity', type: bound, nullable: false }];
  const inner = [...binding, ...parameters].map(
    (each) => `<Parameter Name="${each.name}" Type="${each.type}"${each.nullable ? '' : ' Nullable="false"'} />`,
  );
  const result = returns === null ? '' : `<ReturnType Type="${returns}" Nullable="false" />`;
  return `<${element} Name="${name}"${bound === null ? '' : ' IsBound="true"'}>${inner.join('')}${result}</${element}>`;
}

function container(schema: Schema, operations: readonly Operation[]): string {
  const sets = [...schema.tables.values()].map(
    (table) => `<EntitySet Name="${table.set}" EntityType="mscrm.${table.name}" />`,
  );
  const imports = operations.flatMap(({ kind, name, bound }) => {
    const word = kind === 'action' ? 'Action' : 'Function';
    return bound === null ? [`<${word}Import Name="${name}" ${word}="mscrm.${name}" />`] : [];
  });
  return `<EntityContainer Name="System">\n${[...sets, ...imports].join('\n')}\n</EntityContainer>`;
}
