/** The part of the people that this process works on: --shard, or what a Kubernetes Indexed Job sets. */
import { createHash } from 'node:crypto';
import { UsageError } from '../errors.ts';
import type { InvalidRow, PersonRow } from '../input/input-row.ts';
import { lookAlikeKey, normalizeEmail } from '../people/identity.ts';

/** `index` from 1. */
export type Shard = { readonly index: number; readonly of: number };

/** Kubernetes sets JOB_COMPLETION_INDEX, which counts from 0; DYNCAMP_SHARDS is the number of shards. Throws UsageError when they do not fit. */
export function chosenShard(
  given: Shard | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Shard | undefined {
  if (given !== undefined || env.DYNCAMP_SHARDS === undefined) return given;
  const shard = { index: Number(env.JOB_COMPLETION_INDEX) + 1, of: Number(env.DYNCAMP_SHARDS) };
  const fits =
    Number.isInteger(shard.index) && Number.isInteger(shard.of) && shard.index >= 1 && shard.index <= shard.of;
  if (fits) return shard;
  throw new UsageError(
    'BAD_SHARD',
    `DYNCAMP_SHARDS=${env.DYNCAMP_SHARDS} and JOB_COMPLETION_INDEX=${env.JOB_COMPLETION_INDEX ?? ''} do not say which shard this is.`,
    {
      hint: 'DYNCAMP_SHARDS is the number of shards (the completions of the Indexed Job), JOB_COMPLETION_INDEX counts from 0. Or give --shard i/n.',
    },
  );
}

/**
 * From 0. Depends on the person only, whatever the file, its order or the spelling of the address. A row that names nobody goes by its text, so
 * that exactly one shard reports it.
 */
export function shardOfRow(
  row: Pick<PersonRow, 'kind' | 'key'> | Pick<InvalidRow, 'kind' | 'place'>,
  shards: number,
): number {
  return createHash('sha256').update(whoIn(row)).digest().readUInt32BE(0) % shards;
}

function whoIn(row: Parameters<typeof shardOfRow>[0]): string {
  if (row.kind !== 'person') return row.place.ref === '' ? String(row.place.line) : row.place.ref;
  const { key } = row;
  if (key.by === 'id') return key.id;
  return key.by === 'email' ? lookAlikeKey(key.email) : normalizeEmail(key.value);
}
