import type { Run } from '../journal/journal.ts';

/** In the place of a run where nothing may be written: whoever tries to begin a change here has a fault. */
export function noRun(): Run {
  const refuse = (): never => {
    throw new Error('A dry run tried to write.');
  };
  return {
    id: 'dry-run',
    begin: refuse,
    conclude: refuse,
    markTold: refuse,
    claim: () => undefined,
    beat: () => undefined,
    count: () => undefined,
    finish: () => undefined,
  };
}
