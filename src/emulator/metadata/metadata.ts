/**
 * What the service says about itself: `$metadata` and `EntityDefinitions`. Knows the schema and nothing of rows; what it does not serve
 * it refuses with 501.
 */
export { metadataXml } from './csdl.ts';
export { runMetadataQuery } from './run-metadata-query.ts';
