/**
 * Questions on stderr, so that stdout stays data. When nobody can be asked, the error names the flag that answers. The screens are
 * @inquirer's, without colour: it would follow only the environment and not --no-color.
 */
import { UsageError } from '../errors.ts';
import { safeText } from './safe-text.ts';
import { StoppedAtQuestionError, type Terminal } from './terminal.ts';

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

const ANSWERS: Readonly<Record<string, boolean>> = { y: true, yes: true, '': false, n: false, no: false };

/** No answer is no; what is neither is asked for again (@inquirer's own takes "yikes" for yes). Throws UsageError ANSWER_NEEDED. */
export async function confirm(terminal: Terminal, question: Pick<Question, 'text' | 'flag'>): Promise<boolean> {
  const answerOf = (typed: string): boolean | undefined => ANSWERS[typed.trim().toLowerCase()];
  const validate = (typed: string): string | true => (answerOf(typed) === undefined ? 'Answer y or n.' : true);
  const typed = await answered(terminal, question, async (streams) => {
    const { default: input } = await import('@inquirer/input');
    return input({ message: `${safeText(question.text)} [y/N]`, validate, ...LOOK }, streams);
  });
  return answerOf(typed) === true;
}

/** One of several named choices: by its number, its name, or how it or a word of its text begins. */
export async function choose<Name extends string>(
  terminal: Terminal,
  question: Pick<Question, 'text' | 'flag'> & { readonly default?: Name | undefined },
  choices: Readonly<Record<Name, string>>,
): Promise<Name> {
  if (!terminal.canAsk) throw answerNeeded(question, 'there is no terminal to ask on');
  const listed: Choice<Name>[] = [];
  for (const name in choices) listed.push({ name, text: choices[name] });
  const lines = listed.map(({ text }, at) => `  ${at + 1}. ${safeText(text)}\n`);
  await terminal.stderr.write(lines.join(''));
  const check = (typed: string): string | undefined => {
    const meant = choicesMeant(typed, listed);
    if (meant.length === 1) return undefined;
    const why = meant.length === 0 ? 'is none of these' : 'could be several of these';
    return `"${typed}" ${why}: type a number from 1 to ${listed.length}.`;
  };
  const typed = await ask(terminal, { ...question, text: `${question.text} (number or name)`, check });
  const [chosen] = choicesMeant(typed, listed);
  // What passed the check is one of them.
  if (chosen === undefined) throw answerNeeded(question, 'the input ended');
  return chosen.name;
}

type Choice<Name extends string> = { readonly name: Name; readonly text: string };

/** The nearest kind of match counts: a name wins over a word in another's text. */
function choicesMeant<Name extends string>(typed: string, listed: readonly Choice<Name>[]): readonly Choice<Name>[] {
  const wanted = typed.trim().toLowerCase();
  const kinds: readonly ((choice: Choice<Name>, at: number) => boolean)[] = [
    ({ name }, at) => wanted === `${at + 1}` || wanted === name.toLowerCase(),
    ({ name, text }) => [name, text].some((shown) => shown.toLowerCase().startsWith(wanted)),
    ({ text }) =>
      text
        .toLowerCase()
        .split(/[^\p{L}\d]+/u)
        .some((word) => word.startsWith(wanted)),
  ];
  return kinds.map((matches) => listed.filter(matches)).find((found) => found.length > 0) ?? [];
}

const same = (text: string): string => text;

const LOOK = {
  // What is typed, and the answer that stays on the screen.
  transformer: safeText,
  theme: {
    prefix: '?',
    // A wrong answer is typed anew.
    validationFailureMode: 'clear' as const,
    style: {
      message: same,
      answer: same,
      error: safeText,
      defaultAnswer: (text: string): string => `[${safeText(text)}]`,
    },
  },
};

type Streams = {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
};

/** Throws StoppedAtQuestionError on Ctrl-C, ANSWER_NEEDED when nobody can be asked or the input ends. */
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
    if (name === 'ExitPromptError') throw new StoppedAtQuestionError();
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
