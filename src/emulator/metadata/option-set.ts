import type { Column, Option } from '../schema/column.ts';
import type { Table } from '../schema/schema.ts';
import { label, metadataId, NO_LABEL } from './label.ts';

type Json = Record<string, unknown>;

const TYPES = { picklist: 'Picklist', state: 'State', status: 'Status', boolean: 'Boolean' } as const;

/** The options of a choice or yes/no column, in the recorded shape; undefined for other columns. */
export function optionSet(table: Table, column: Column): Json | undefined {
  const { type } = column;
  if (type !== 'picklist' && type !== 'state' && type !== 'status' && type !== 'boolean') return undefined;
  const options = (column.options ?? []).map((option) => optionJson(table, column, option));
  return {
    MetadataId: metadataId('optionset', table.name, column.logical),
    HasChanged: null,
    IsCustomOptionSet: column.custom,
    IsGlobal: false,
    IsManaged: !column.custom,
    Name: `${table.name}_${column.logical}`,
    ExternalTypeName: null,
    OptionSetType: TYPES[type],
    ...(type === 'boolean'
      ? { TrueOption: options[1] ?? null, FalseOption: options[0] ?? null }
      : { Options: options }),
  };
}

function optionJson(table: Table, column: Column, option: Option): Json {
  const key = `${table.name}.${column.logical}.${option.value}`;
  return {
    ...odataType(column),
    Value: option.value,
    Color: null,
    IsManaged: !column.custom,
    ExternalValue: null,
    ParentValues: [],
    Tag: null,
    IsHidden: false,
    MetadataId: null,
    HasChanged: null,
    ...stateDetails(column, option),
    Label: label(option.label, key, !column.custom),
    Description: NO_LABEL,
  };
}

function odataType({ type }: Column): Json {
  if (type === 'state') return { '@odata.type': '#Microsoft.Dynamics.CRM.StateOptionMetadata' };
  return type === 'status' ? { '@odata.type': '#Microsoft.Dynamics.CRM.StatusOptionMetadata' } : {};
}

function stateDetails(column: Column, option: Option): Json {
  if (column.type === 'state') {
    return { DefaultStatus: column.defaultStatus?.[String(option.value)] ?? null, InvariantName: option.label };
  }
  return column.type === 'status' ? { State: option.state ?? 0, TransitionData: null } : {};
}
