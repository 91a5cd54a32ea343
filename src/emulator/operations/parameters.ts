/** Bodies of actions against their declaration: undeclared parameters are refused, non-nullable ones must be there. */
import { abstractMember, invalidJson, querySyntax, untypedParameter } from '../errors/errors.ts';
import { invalidArgument } from '../errors/row-errors.ts';
import { decodeText, queryPairs } from '../odata/query.ts';
import { splitOutside } from '../odata/tokens.ts';
import { readGuid } from '../odata/values.ts';
import type { Operation, OperationParameter, Schema } from '../schema/schema.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readJsonBody(text: string): JsonObject {
  if (text.trim() === '') return {};
  const read = parseJson(text);
  // npm dataverse-ify 2.0.7 sends creates, updates and references as JSON inside a JSON string, and real organizations take it: its
  // recorded change set of two creates was answered with 204s. [inferred]
  const value = typeof read === 'string' ? parseJson(read) : read;
  if (!isJsonObject(value)) throw noJsonObject();
  return value;
}

export function noJsonObject(): Error {
  return invalidJson('Microsoft.OData.ODataException: The payload is not a JSON object.');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidJson('Microsoft.OData.ODataException: An unexpected token was found in the JSON payload.');
  }
}

export function readActionParameters(operation: Operation, body: JsonObject): JsonObject {
  const declared = new Map(operation.parameters.map((parameter) => [parameter.name, parameter]));
  for (const name of Object.keys(body)) {
    if (!declared.has(name) && !name.startsWith('@odata.')) throw untypedParameter(name, operation.name);
  }
  for (const parameter of operation.parameters) checkParameter(parameter, body[parameter.name]);
  return body;
}

function checkParameter(parameter: OperationParameter, value: unknown): void {
  if (value === undefined || value === null) {
    if (!parameter.nullable) throw invalidArgument();
    return;
  }
  if (!FITS[parameterShape(parameter.type)](value)) {
    throw invalidJson(
      `Microsoft.OData.ODataException: The value of '${parameter.name}' is not of type '${parameter.type}'.`,
    );
  }
}

type Shape = 'collection' | 'guid' | 'boolean' | 'number' | 'text' | 'row';

const FITS = {
  collection: (value) => Array.isArray(value),
  guid: (value) => typeof value === 'string' && readGuid(value) !== undefined,
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  text: (value) => typeof value === 'string',
  row: isJsonObject,
} satisfies Record<Shape, (value: unknown) => boolean>;

const PRIMITIVES: Readonly<Record<string, Shape>> = {
  'Edm.Guid': 'guid',
  'Edm.Boolean': 'boolean',
  'Edm.Int32': 'number',
  'Edm.String': 'text',
};

function parameterShape(type: string): Shape {
  if (type.startsWith('Collection(')) return 'collection';
  return PRIMITIVES[type] ?? 'row';
}

/** Inline arguments of a function, aliases filled in from the query string: `(A=@p1)?@p1='x'`. */
export function readFunctionParameters(operation: Operation, inline: string, rawQuery: string): JsonObject {
  const aliases = new Map(queryPairs(rawQuery).map(([name, value]) => [name, value]));
  const values: Record<string, unknown> = {};
  for (const pair of splitOutside(inline, ',').filter((text) => text.trim() !== '')) {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals).trim();
    if (equals < 0 || !operation.parameters.some((parameter) => parameter.name === name)) throw querySyntax();
    const text = decodeText(pair.slice(equals + 1)).trim();
    values[name] = literal(text.startsWith('@') ? (aliases.get(text) ?? 'null') : text);
  }
  const missing = operation.parameters.some((parameter) => !parameter.nullable && values[parameter.name] === undefined);
  if (missing) throw invalidArgument();
  return values;
}

/** `'text'`, `Namespace.Enum'Member'`, `["a","b"]`, `['a','b']`, numbers, null. */
function literal(text: string): unknown {
  const quoted = /^(?:[\w.]+)?'((?:[^']|'')*)'$/.exec(text)?.[1];
  if (quoted !== undefined) return quoted.replaceAll("''", "'");
  try {
    return JSON.parse(/^\[\s*'/.test(text) ? text.replaceAll("'", '"') : text);
  } catch {
    return readGuid(text) ?? text;
  }
}

export type RowReference = { table: string; id: string };

/** A row given as a parameter: by `@odata.type` and key, by key alone where the type is fixed, or by `@odata.id`. */
export function readReference(schema: Schema, value: unknown, expected?: string): RowReference {
  if (!isJsonObject(value)) throw invalidArgument();
  const type = value['@odata.type'];
  const table = typeof type === 'string' ? type.replace(/^#?Microsoft\.Dynamics\.CRM\./, '') : expected;
  if (table === undefined) throw abstractMember();
  const key = schema.tableByName(table)?.key;
  if (key === undefined || (expected !== undefined && table !== expected)) {
    throw invalidJson(`Microsoft.OData.ODataException: A type named '${String(type)}' could not be resolved.`);
  }
  checkReferenceColumns(schema, table, value);
  const id = readGuid(String(value[key] ?? odataId(value['@odata.id']) ?? ''));
  if (id === undefined) throw invalidArgument();
  return { table, id };
}

function checkReferenceColumns(schema: Schema, table: string, value: JsonObject): void {
  for (const name of Object.keys(value)) {
    if (name.includes('@')) continue;
    if (!schema.tableByName(table)?.columns.has(name)) throw untypedParameter(name, table);
  }
}

function odataId(value: unknown): string | undefined {
  return typeof value === 'string' ? /\('?([^()']+)'?\)$/.exec(value)?.[1] : undefined;
}
