import { notEmulated } from '../errors/path-errors.ts';
import type { Collection } from './collection.ts';
import type { QueryOptions } from './query-options.ts';
import type { Reader } from './reader.ts';
import type { Json } from './serialize.ts';

export function runApply(_reader: Reader, _collection: Collection, _query: QueryOptions): Json {
  throw notEmulated('$apply');
}
