/** Bodies of actions against their declaration: undeclared parameters are refused, non-nullable ones must be there. */
import { refuse } from '../errors/errors.ts';
import { decodeText, queryPairs } from '../odata/query.ts';
import { splitOutside } from '../odata/tokens.ts';
import { isJsonObject, type JsonObject, readGuid } from '../odata/values.ts';
import type { Operation, Schema } from '../schema/schema.ts';

export function readJsonBody(text: string): JsonObject {
  if (text.trim() === '') return {};
  const read = parseJson(text);
  // npm dataverse-ify 2.0.7 sends creates, updates and references as JSON inside a JSON string, and real organizations take it: its
  // recorded change set of two creates was answered with 204s. [inferred]
  const value = typeof read === 'string' ? parseJson(read) : read;
  if (!isJsonObject(value)) throw refuse.noJsonObject();
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse.odataException('An unexpected token was found in the JSON payload.');
  }
}

export function readActionParameters(operation: Operation, body: JsonObject): JsonObject {
  const declared = operation.parameters.map(({ name }) => name);
  const unknown = Object.keys(body).find((name) => !declared.includes(name) && !name.startsWith('@odata.'));
  if (unknown !== undefined) throw refuse.untypedParameter(unknown, operation.name);
  for (const { name, type, nullable } of operation.parameters) {
    const value = body[name] ?? null;
    if (value === null && !nullable) throw refuse.invalidArgument();
    const fits = type.startsWith('Collection(') ? Array.isArray : (PRIMITIVES[type] ?? isJsonObject);
    if (value !== null && !fits(value)) throw refuse.odataException(`The value of '${name}' is not of type '${type}'.`);
  }
  return body;
}

const PRIMITIVES: Readonly<Record<string, ((value: unknown) => boolean) | undefined>> = {
  'Edm.Guid': (value) => typeof value === 'string' && readGuid(value) !== undefined,
  'Edm.Boolean': (value) => typeof value === 'boolean',
  'Edm.Int32': (value) => typeof value === 'number',
  'Edm.String': (value) => typeof value === 'string',
};

/** Inline arguments of a function, aliases filled in from the query string: `(A=@p1)?@p1='x'`. */
export function readFunctionParameters(operation: Operation, inline: string, rawQuery: string): JsonObject {
  const aliases = new Map(queryPairs(rawQuery).map(([name, value]) => [name, value]));
  const values: Record<string, unknown> = {};
  for (const pair of splitOutside(inline, ',').filter((text) => text.trim() !== '')) {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals).trim();
    if (equals < 0 || !operation.parameters.some((parameter) => parameter.name === name)) throw refuse.querySyntax();
    const text = decodeText(pair.slice(equals + 1)).trim();
    values[name] = literal(text.startsWith('@') ? (aliases.get(text) ?? 'null') : text);
  }
  const missing = operation.parameters.some((parameter) => !parameter.nullable && values[parameter.name] === undefined);
  if (missing) throw refuse.invalidArgument();
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
  if (!isJsonObject(value)) throw refuse.invalidArgument();
  const type = value['@odata.type'];
  const table = typeof type === 'string' ? type.replace(/^#?Microsoft\.Dynamics\.CRM\./, '') : expected;
  if (table === undefined) throw refuse.abstractMember();
  const { key, columns } = schema.tables.get(table) ?? {};
  if (key === undefined || columns === undefined || (expected !== undefined && table !== expected)) {
    throw refuse.odataException(`A type named '${String(type)}' could not be resolved.`);
  }
  const unknown = Object.keys(value).find((name) => !name.includes('@') && !columns.has(name));
  if (unknown !== undefined) throw refuse.untypedParameter(unknown, table);
  const { '@odata.id': url } = value;
  const inUrl = typeof url === 'string' ? /\('?([^()']+)'?\)$/.exec(url)?.[1] : undefined;
  const id = readGuid(String(value[key] ?? inUrl ?? ''));
  if (id === undefined) throw refuse.invalidArgument();
  return { table, id };
}
