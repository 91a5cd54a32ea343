/**
 * Questions on stderr, so that stdout stays data. When nobody can be asked, the error names the flag that answers. The screens are
 * @inquirer's, without colour: it would follow only the environment and not --no-color.
 */
import { UsageError } from '../errors.ts';
import { InterruptedError } from './interrupted-error.ts';
import { safeText } from './safe-text.ts';
import type { Terminal } from './terminal.ts';

export type Question = {
  readonly text: string;
  /** The flag that answers it in a script, e.g. `--yes` or `--url <url>`. */
  readonly flag: string;
  /** Used when the answer is empty. */
  readonly default?: string | undefined;
  /** Shown in place of a secret default. */
  readonly defaultName?: string | undefined;
  /** Hides what is typed. */
  readonly secret?: boolean | undefined;
  /** Returns what is wrong with an answer; the question is then repeated. */
  readonly check?: (answer: string) => string | undefined;
};

/** Asks until an answer passes the check. Throws UsageError ANSWER_NEEDED when nobody can be asked. */
export async function ask(terminal: Terminal, question: Question): Promise<string> {
  const { text, secret = false } = question;
  const answerOf = (typed: string): string => (typed.trim() === '' ? (question.default ?? '') : typed.trim());
  const validate = (typed: string): string | true => {
    const answer = answerOf(typed);
    return (answer === '' ? 'An answer is needed.' : question.check?.(answer)) ?? true;
  };
  const typed = await answered(terminal, question, async (streams) => {
    if (!secret) {
      const { default: input } = await import('@inquirer/input');
      return input({ message: safeText(text), default: question.default ?? '', validate, ...LOOK }, streams);
    }
    const { default: password } = await import('@inquirer/password');
    const kept = question.default === undefined ? '' : ` [${safeText(question.defaultName ?? '')}]`;
    return password({ message: `${safeText(text)}${kept}`, validate, ...LOOK }, streams);
  });
  return answerOf(typed);
}

/** Anything but y or yes is no (@inquirer's own takes "yikes" for yes). Throws UsageError ANSWER_NEEDED when nobody can be asked. */
export async function confirm(terminal: Terminal, question: Pick<Question, 'text' | 'flag'>): Promise<boolean> {
  const typed = await answered(terminal, question, async (streams) => {
    const { default: input } = await import('@inquirer/input');
    return input({ message: `${safeText(question.text)} [y/N]`, ...LOOK }, streams);
  });
  return ['y', 'yes'].includes(typed.trim().toLowerCase());
}

/** One of several named choices: by arrow keys, by its number, or by its first letters. */
export async function choose<Name extends string>(
  terminal: Terminal,
  question: Pick<Question, 'text' | 'flag'> & { readonly default?: Name | undefined },
  choices: Readonly<Record<Name, string>>,
): Promise<Name> {
  const listed: { readonly value: Name; readonly name: string }[] = [];
  for (const value in choices) listed.push({ value, name: safeText(choices[value]) });
  return answered(terminal, question, async (streams) => {
    const { default: select } = await import('@inquirer/select');
    return select({ message: safeText(question.text), choices: listed, default: question.default, ...LOOK }, streams);
  });
}

const same = (text: string): string => text;

const LOOK = {
  // What is typed, and the answer that stays on the screen.
  transformer: safeText,
  theme: {
    prefix: '?',
    // A wrong answer is typed anew.
    validationFailureMode: 'clear' as const,
    indexMode: 'number' as const,
    icon: { cursor: '>' },
    style: {
      message: same,
      answer: same,
      highlight: same,
      help: same,
      error: safeText,
      defaultAnswer: (text: string): string => `[${safeText(text)}]`,
      keysHelpTip: (): string => 'Arrow keys or a number, then Enter.',
    },
  },
};

type Streams = {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
};

/** Throws InterruptedError on Ctrl-C, ANSWER_NEEDED when nobody can be asked or the input ends. */
async function answered<Answer>(
  terminal: Terminal,
  question: Pick<Question, 'text' | 'flag'>,
  prompt: (streams: Streams) => Promise<Answer>,
): Promise<Answer> {
  if (!terminal.canAsk) throw answerNeeded(question, 'there is no terminal to ask on');
  const input = terminal.stdin.stream();
  const ended = new AbortController();
  // At the end of the input (Ctrl-D) @inquirer would wait for ever; Node's readline below it leaves the input paused then.
  const onPause = (): void => ended.abort();
  input.once('pause', onPause);
  try {
    return await prompt({ input, output: terminal.stderr.stream, signal: ended.signal });
  } catch (error) {
    // @inquirer's documentation says to distinguish these by name.
    const name = error instanceof Error ? error.name : '';
    if (name === 'ExitPromptError') throw new InterruptedError();
    if (name === 'AbortPromptError') throw answerNeeded(question, 'the input ended');
    throw error;
  } finally {
    input.removeListener('pause', onPause);
  }
}

function answerNeeded(
  question: Pick<Question, 'text' | 'flag'>,
  why: 'there is no terminal to ask on' | 'the input ended',
): UsageError {
  return new UsageError('ANSWER_NEEDED', `This needs an answer, and ${why}: ${question.text}`, {
    hint: `Answer with ${question.flag}. (Questions are asked only on a terminal, without --no-input and without CI set.)`,
  });
}
