/** Answers that say nothing, or less than was asked: what is left of a true answer. Pure. */
import { toWire, type WireAnswer } from '../wire.ts';
import type { SpoilingKind } from './fault.ts';

type Json = Record<string, unknown>;

/** A refusal stays as it is. `keys`: the names of primary keys. */
export function spoil(kind: SpoilingKind, answer: WireAnswer, keys: ReadonlySet<string>): WireAnswer {
  if (answer.status >= 300) return answer;
  switch (kind) {
    case 'empty-answer':
      return { ...answer, status: 200, body: '' };
    case 'no-content':
      return { status: 204, headers: { 'OData-Version': '4.0' }, body: '' };
    case 'error-in-ok':
      return toWire({ status: 200, body: UNEXPECTED });
    case 'no-value':
      return changed(answer, ({ value: _value, ...rest }) => rest);
    default:
      return changed(answer, (body) => withoutKey(body, keys));
  }
}

const UNEXPECTED = { error: { code: '0x80040216', message: 'An unexpected error occurred.' } };

function changed(answer: WireAnswer, change: (body: Json) => Json): WireAnswer {
  const body: unknown = answer.body.startsWith('{') ? JSON.parse(answer.body) : undefined;
  return isJson(body) ? { ...answer, body: JSON.stringify(change(body)) } : answer;
}

function withoutKey(body: Json, keys: ReadonlySet<string>): Json {
  const unkeyed = (row: Json): Json => Object.fromEntries(Object.entries(row).filter(([name]) => !keys.has(name)));
  if (!Array.isArray(body.value)) return unkeyed(body);
  const [first, ...rest]: unknown[] = body.value;
  return { ...body, value: isJson(first) ? [unkeyed(first), ...rest] : body.value };
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
