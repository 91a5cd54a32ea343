/** Questions to a person, on stderr, so that stdout stays data. Without somebody to ask, the flag that answers is named instead. */
import { Writable } from 'node:stream';
import { UsageError } from '../errors.ts';
import { InterruptedError } from './interrupted-error.ts';
import { safeText } from './safe-text.ts';
import type { Terminal } from './terminal.ts';

export type Question = {
  /** Ends without a question mark's colon or blank: those are added. */
  readonly text: string;
  /** The flag that answers it in a script, e.g. `--yes` or `--url <url>`. */
  readonly flag: string;
  /** Taken when the answer is empty. */
  readonly default?: string | undefined;
  /** Shown in place of a default that must not show. */
  readonly defaultName?: string | undefined;
  /** What is typed does not show. */
  readonly secret?: boolean | undefined;
  /** Says what is wrong with an answer; then it is asked again. */
  readonly check?: (answer: string) => string | undefined;
};

/** Asks until there is an answer that passes the check. Throws UsageError ANSWER_NEEDED when nobody can be asked. */
export async function ask(terminal: Terminal, question: Question): Promise<string> {
  if (!terminal.canAsk) throw answerNeeded(question);
  const suffix = question.default === undefined ? '' : ` [${safeText(question.defaultName ?? question.default)}]`;
  for (;;) {
    const typed = (await readLine(terminal, `${safeText(question.text)}${suffix}: `, question)).trim();
    const answer = typed === '' ? (question.default ?? '') : typed;
    const complaint = answer === '' ? 'An answer is needed.' : question.check?.(answer);
    if (complaint === undefined) return answer;
    await terminal.stderr.write(`${safeText(complaint)}\n`);
  }
}

/** Yes or no; anything but y or yes is no. Throws UsageError ANSWER_NEEDED when nobody can be asked. */
export async function confirm(terminal: Terminal, question: Pick<Question, 'text' | 'flag'>): Promise<boolean> {
  if (!terminal.canAsk) throw answerNeeded(question);
  const answer = await readLine(terminal, `${safeText(question.text)} [y/N]: `, question);
  return ['y', 'yes'].includes(answer.trim().toLowerCase());
}

/** One of several named choices, by number or name. */
export async function choose<Name extends string>(
  terminal: Terminal,
  question: Question,
  choices: Readonly<Record<Name, string>>,
): Promise<Name> {
  const names: Name[] = [];
  for (const name in choices) names.push(name);
  if (!terminal.canAsk) throw answerNeeded(question);
  const lines = names.map((name, index) => `  ${index + 1}  ${safeText(choices[name])}`);
  await terminal.stderr.write(`${safeText(question.text)}\n${lines.join('\n')}\n`);
  const pick = (answer: string): Name | undefined => names[Number(answer) - 1] ?? names.find((name) => name === answer);
  const answer = await ask(terminal, {
    ...question,
    text: 'Number',
    check: (typed) => (pick(typed) === undefined ? `Type a number from 1 to ${names.length}.` : undefined),
  });
  const name = pick(answer);
  if (name === undefined) throw answerNeeded(question);
  return name;
}

function answerNeeded(
  question: Pick<Question, 'text' | 'flag'>,
  why: 'there is nobody to ask' | 'the input ended' = 'there is nobody to ask',
): UsageError {
  return new UsageError('ANSWER_NEEDED', `This needs an answer, and ${why}: ${question.text}`, {
    hint: `Answer with ${question.flag}. (Questions are asked only on a terminal, without --no-input and without CI set.)`,
  });
}

async function readLine(
  terminal: Terminal,
  prompt: string,
  question: Pick<Question, 'text' | 'flag' | 'secret'>,
): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const hidden = question.secret === true;
  if (hidden) await terminal.stderr.write(prompt);
  const lines = createInterface({
    input: terminal.stdin.stream(),
    output: hidden ? nowhere() : terminal.stderr.stream,
    // Raw mode is what keeps a secret from showing.
    terminal: true,
  });
  let isAnswered = false;
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      lines.once('SIGINT', () => reject(new InterruptedError()));
      lines.once('close', () => reject(answerNeeded(question, 'the input ended')));
      lines.question(hidden ? '' : prompt).then(resolve, reject);
    });
    isAnswered = true;
    return answer;
  } finally {
    lines.close();
    // Only an answer that shows has moved the cursor off the question's line.
    if (hidden || !isAnswered) await terminal.stderr.write('\n');
  }
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
