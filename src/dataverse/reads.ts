/** Reads as values: what is asked for, and what an answer must hold to be one. */
import { FETCH_ANNOTATIONS } from './fetch-pages.ts';
import { fetchPath } from './fetchxml.ts';
import type { Read } from './operation.ts';

/** A collection. `names`: what each of its rows carries (see Expected). */
export function readRows(path: string, ...names: readonly string[]): Read {
  return { method: 'GET', path, expects: { kind: 'rows', names } };
}

/** The rows of a FetchXML query. Every page has to ask for the annotations: without them it looks like the last. */
export function fetchRows(set: string, xml: string, ...names: readonly string[]): Read {
  return { ...readRows(fetchPath(set, xml), ...names), headers: { prefer: FETCH_ANNOTATIONS } };
}

/** One row, or what a function gives. `names`: properties without which it is not that. */
export function readObject(path: string, ...names: readonly string[]): Read {
  return { method: 'GET', path, expects: { kind: 'object', names } };
}
