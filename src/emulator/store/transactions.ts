import type { Connection } from './database.ts';

/** `versionnumber` of the first row: an organization that has lived for a while, so that row versions do not look like counters. */
export const FIRST_VERSION = 1_000_000;

export type Transactions = {
  run<T>(work: () => T): T;
  /** Without a savepoint when a transaction is open already: for work that is one statement. */
  join<T>(work: () => T): T;
  nextVersion(): number;
};

/** Transactions of one connection; inner ones are savepoints. */
export function openTransactions(connection: Connection): Transactions {
  let depth = 0;
  // Kept for the length of the outermost transaction, so that a bulk load does not read and write the counter for every row.
  let version: number | undefined;

  const commit = (): void => {
    if (depth === 0 && version !== undefined) connection.run('UPDATE "$counter" SET value = ?', [version]);
    connection.run(depth === 0 ? 'COMMIT' : `RELEASE s${depth}`);
  };
  const rollBack = (): void => {
    if (depth > 0) connection.run(`ROLLBACK TO s${depth}`);
    connection.run(depth === 0 ? 'ROLLBACK' : `RELEASE s${depth}`);
  };
  const run = <T>(work: () => T): T => {
    connection.run(depth === 0 ? 'BEGIN IMMEDIATE' : `SAVEPOINT s${depth}`);
    try {
      depth += 1;
      const result = finallyDo(work, () => {
        depth -= 1;
      });
      commit();
      return result;
    } catch (error) {
      rollBack();
      throw error;
    } finally {
      if (depth === 0) version = undefined;
    }
  };

  return {
    run,
    join: (work) => (depth > 0 ? work() : run(work)),
    nextVersion() {
      version ??= Number(connection.rows('SELECT value FROM "$counter"')[0]?.[0] ?? FIRST_VERSION);
      version += 1;
      return version;
    },
  };
}

function finallyDo<T>(work: () => T, after: () => void): T {
  try {
    return work();
  } finally {
    after();
  }
}
