import { notEmulated } from '../../errors/path-errors.ts';
import type { Reader } from '../reader.ts';
import type { Json } from '../serialize.ts';
import type { Fetch } from './fetch-ast.ts';
import type { FetchPlan } from './fetch-plan.ts';

export function runAggregate(_reader: Reader, _fetch: Fetch, _plan: FetchPlan): Json {
  throw notEmulated('aggregate');
}
