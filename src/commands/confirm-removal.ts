/** The question before many people are removed. */
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { confirm } from '../terminal/prompt.ts';

/** Removing more people than this asks first on a terminal. */
export const ASKS_ABOVE = 100;

/** `whom`: `250 people`. Throws UsageError NOT_CONFIRMED when the answer is not yes. */
export async function confirmRemoval({ terminal }: Context, whom: string): Promise<void> {
  if (await confirm(terminal, { text: `Remove ${whom} from the campaign?`, flag: '--yes' })) return;
  throw new UsageError('NOT_CONFIRMED', 'Nobody was removed: the question was not answered with yes.');
}
