/** Stands in until the metadata folder is there. */
import { notEmulated } from './errors/path-errors.ts';
import type { Schema } from './schema/schema.ts';

export function metadataXml(_schema: Schema): string {
  throw notEmulated('$metadata');
}

export function runMetadataQuery(_context: unknown, path: string, _rawQuery: string): unknown {
  throw notEmulated(path);
}
