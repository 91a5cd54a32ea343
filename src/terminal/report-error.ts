/** Messages on stderr: errors, warnings, notices; as text or as one JSON object per line. */
import { DyncampError } from '../errors.ts';
import { displayWidth } from './display-width.ts';
import { exitCodeOf } from './exit-codes.ts';
import { loadPaint, type Paint } from './paint.ts';
import { safeJson, safeLines, safeText } from './safe-text.ts';
import type { Terminal } from './terminal.ts';
import { wrapLines } from './wrap-text.ts';

type Level = 'error' | 'warning' | 'info' | 'debug';

/** Optional fields appear in JSON only when they are known. */
export type Message = {
  readonly level: Level;
  /** Stable, upper-case with underscores. */
  readonly code: string;
  readonly message: string;
  /** The next command or the next click. */
  readonly hint?: string | undefined;
  readonly retryable?: boolean | undefined;
  readonly status?: number | undefined;
  readonly dataverseCode?: string | undefined;
  readonly requestId?: string | undefined;
  readonly stack?: string | undefined;
  /** Numbers that the message says in words, for JSON only. */
  readonly counts?: Readonly<Record<string, number>> | undefined;
};

const REPORT_THIS =
  'This is a bug in dyncamp. Please report it with the text above, the command you ran and the output of `dyncamp --version`.';

/** Describes anything that was thrown. With the stack for bugs of ours, and with --debug. */
function describeError(error: unknown, debug: boolean): Message {
  if (!(error instanceof DyncampError)) {
    const fault = error instanceof Error ? error : new Error(String(error));
    return {
      level: 'error',
      code: 'INTERNAL_FAULT',
      message: `Unexpected error: ${fault.message}`,
      hint: REPORT_THIS,
      retryable: false,
      stack: stackOf(fault),
    };
  }
  const { code, message, hint, retryable, status, dataverseCode, requestId } = error;
  const stack = debug ? stackOf(error) : undefined;
  return { level: 'error', code, message, hint, retryable, status, dataverseCode, requestId, stack };
}

/** The stack with those of its causes, innermost last. */
function stackOf(error: Error): string {
  const own = error.stack ?? String(error);
  return error.cause instanceof Error ? `${own}\nCaused by: ${stackOf(error.cause)}` : own;
}

const LABELS = { error: 'Error', warning: 'Warning', info: '', debug: 'debug' } as const satisfies Record<
  Level,
  string
>;

/** Aligns the lines of a hint. */
const HINT_INDENT = '      ';

/** Indents a message of several lines: it quotes the server or the input, and none of its lines may look like one of ours. */
function messageLines(message: string): string {
  return safeLines(message).replace(/\n(?! {2})/g, '\n  ');
}

/** `Error: message`, the server's references, `Hint: …`, and the stack if there is one; wrapped at blanks when a width is given. */
function formatText(said: Message, paint: Paint, columns = Number.POSITIVE_INFINITY): string {
  const label = LABELS[said.level];
  const colour = { error: paint.red, warning: paint.yellow, info: paint.dim, debug: paint.dim }[said.level];
  const labelled = (name: string, shown: string, text: string): string =>
    wrapLines(`${name} ${text}`, columns).replace(name, () => shown);
  const message = messageLines(said.message);
  const lines = [label === '' ? wrapLines(message, columns) : labelled(`${label}:`, colour(`${label}:`), message)];
  const references = [
    said.dataverseCode && `Dataverse code ${said.dataverseCode}`,
    said.status && `HTTP ${said.status}`,
    said.requestId && `request ${said.requestId}`,
  ].filter((reference) => reference !== undefined && reference !== 0 && reference !== '');
  if (references.length > 0) lines.push(`  ${safeText(references.join(', '))}`);
  if (said.stack !== undefined) lines.push(paint.dim(safeLines(said.stack)));
  if (said.hint !== undefined) lines.push(hintText(said.hint, columns).replace('Hint:', () => paint.cyan('Hint:')));
  return `${lines.join('\n')}\n`;
}

/** A command line to paste is not broken: it has a line of its own where it does not fit behind the words before it. */
function hintText(hint: string, columns: number): string {
  const lines: string[] = [];
  for (const line of safeLines(`Hint: ${hint}`).split('\n')) {
    const last = lines.at(-1) ?? '';
    const isCommand = line.startsWith('dyncamp ');
    if (isCommand && last.endsWith(':') && displayWidth(`${last} ${line}`) <= columns)
      lines.splice(-1, 1, `${last} ${line}`);
    else if (isCommand) lines.push(`${HINT_INDENT}${line}`);
    else lines.push(wrapLines(lines.length === 0 ? line : `${HINT_INDENT}${line}`, columns));
  }
  return lines.join('\n');
}

/** The commands in a hint, each on a line of its own or between backticks, with the profile that they would lack elsewhere. */
function withProfile(hint: string | undefined, profile: string | undefined): string | undefined {
  if (profile === undefined || !/^[\w.-]+$/.test(profile)) return hint;
  return hint?.replace(
    /(^|`)dyncamp (?!help |profiles |--|[^`\n]*--profile)/gm,
    (_match, before: string) => `${before}dyncamp --profile ${profile} `,
  );
}

/** A next step names the campaign as its user did; for programs by its id. */
function withCampaign(hint: string | undefined, { campaign, logFormat }: Terminal): string | undefined {
  if (campaign === undefined || logFormat === 'json') return hint;
  return hint?.replaceAll(`id:${campaign.id}`, () => campaign.words);
}

/** --quiet hides notices, --verbose shows debug lines; warnings and errors always appear. */
export async function writeMessage(terminal: Terminal, said: Message): Promise<void> {
  if (said.level === 'info' && terminal.quiet) return;
  if (said.level === 'debug' && !terminal.verbose) return;
  const hint = withProfile(withCampaign(said.hint, terminal), terminal.hintProfile);
  const whole = hint === undefined ? said : { ...said, hint };
  const { time, run } = terminal.logFields();
  if (terminal.logFormat === 'json')
    return terminal.stderr.write(`${safeJson(JSON.stringify({ time, ...whole, run }))}\n`);
  const { colour, isTTY, columns } = terminal.stderr;
  // Wrapped only on a terminal: a log is searched line by line.
  await terminal.stderr.write(formatText(whole, await loadPaint(colour), isTTY ? columns : undefined));
}

export async function reportError(terminal: Terminal, error: unknown): Promise<number> {
  await writeMessage(terminal, describeError(error, terminal.debug));
  return exitCodeOf(error);
}

export function warn(terminal: Terminal, code: string, message: string, hint?: string): Promise<void> {
  return writeMessage(terminal, { level: 'warning', code, message, hint });
}

/** Information such as organization and user; --quiet hides it. */
export function notice(terminal: Terminal, code: string, message: string, hint?: string): Promise<void> {
  return writeMessage(terminal, { level: 'info', code, message, hint });
}

export function noticeCounts(
  terminal: Terminal,
  code: string,
  message: string,
  counts: Message['counts'],
): Promise<void> {
  return writeMessage(terminal, { level: 'info', code, message, counts });
}
