import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { intentRows } from '../../../src/journal/intent-rows.ts';
import { migrate } from '../../../src/journal/schema.ts';
import { openSqlite } from '../../../src/sqlite.ts';

describe('intentRows', () => {
  it('looks for creations by their index, past all batches that have none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dyncamp-intents-'));
    const path = join(folder, 'journal.sqlite');
    const database = openSqlite({ path, timeoutMs: 0, mode: 0o600 });
    try {
      migrate(database, path);
      const statements: string[] = [];
      const prepare = (sql: string) => {
        statements.push(sql);
        return database.prepare(sql);
      };
      intentRows({ ...database, prepare }, { ageOf: () => 0 });
      const plans = statements
        .filter((sql) => sql.includes('creations > 0'))
        .map((sql) => database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(['c'])[0]);
      expect(plans).toMatchObject([{ detail: 'SCAN batch USING INDEX intent_batches_with_creations' }]);
    } finally {
      database.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
