/** Turns commander's errors into usage errors with a stable code; its suggestion becomes the hint. */
import type { Command } from 'commander';
import { TOPICS } from '../commands/help-topics.ts';
import { UsageError } from '../errors.ts';
import { nearest } from '../text.ts';

/** Whether it only ended the parsing: help or the version was shown, asked for or because a group was given no verb. */
export function isShownHelp(error: unknown): boolean {
  return ['commander.helpDisplayed', 'commander.version', 'commander.help'].includes(commanderCode(error) ?? '');
}

/**
 * `error: unknown option '--serch'\n(Did you mean --search?)` → message `Unknown option '--serch'.`, hint `Did you mean --search?`.
 * Undefined for errors that are not commander's.
 */
export function usageError(error: unknown, program: Command): UsageError | undefined {
  const code = commanderCode(error);
  if (code === undefined || !(error instanceof Error)) return undefined;
  const [first = '', suggestion] = error.message.replace(/^error: /, '').split(/\n\(/);
  const sentence = first.charAt(0).toUpperCase() + first.slice(1);
  const [, option = ''] = /^unknown option '([^'=]+)/.exec(first) ?? [];
  const hint = knownOption(program, option) ?? suggestion?.replace(/\)$/, '') ?? usageOf(program, code);
  return new UsageError(stableCode(code), sentence.endsWith('.') ? sentence : `${sentence}.`, { hint, cause: error });
}

function usageOf(program: Command, code: string): string {
  const command = commandOf(program);
  const see = 'Add --help to see the options and arguments.';
  return code === 'commander.missingArgument' ? `Usage: ${command.createHelp().commandUsage(command)}. ${see}` : see;
}

/** By code rather than class, so that this file loads without commander. */
function commanderCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return error.code.startsWith('commander.') ? error.code : undefined;
}

/** `commander.unknownOption` → `UNKNOWN_OPTION`. */
function stableCode(code: string): string {
  const name = code.replace(/^commander\./, '');
  return name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
}

/** Options of other tools, and what they could be here: the first that the command has. */
const OTHER_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  '--json': ['-o json', '-o jsonl'],
  '--jsonl': ['-o jsonl'],
  '--ndjson': ['-o jsonl'],
  '--csv': ['-o csv', '--results results.csv'],
  '--table': ['-o table'],
  '--format': ['--output'],
  '--output-format': ['--output'],
  '--fields': ['--columns'],
  '--select': ['--columns'],
  '--query': ['--search'],
  '--filter': ['--search'],
  '--top': ['--limit'],
  '--max-results': ['--limit'],
  '--last': ['--limit'],
  '--force': ['--yes'],
  '-y': ['--yes'],
  '--what-if': ['--dry-run'],
  '--whatif': ['--dry-run'],
  '--preview': ['--dry-run'],
  '-n': ['--dry-run'],
  '--input-file': ['--file'],
  '--env': ['--profile'],
  '--environment': ['--profile'],
  '--org': ['--profile'],
  '--target-org': ['--profile'],
  '--silent': ['--quiet'],
  '-s': ['--quiet'],
  '--no-prompt': ['--no-input'],
  '--non-interactive': ['--no-input'],
};

/** Undefined for what no other tool calls so, or where the command has nothing of the kind. */
function knownOption(program: Command, word: string): string | undefined {
  const options = [...commandOf(program).options, ...program.options];
  const meant = OTHER_OPTIONS[word]?.find((text) => {
    const [name, value] = text.split(' ');
    const option = options.find(({ short, long }) => name === short || name === long);
    return option !== undefined && (value === undefined || (option.argChoices?.includes(value) ?? true));
  });
  return meant === undefined ? undefined : `Did you mean ${meant}?`;
}

/** As far as commander came: its operands are there when an option is refused. */
function commandOf(program: Command): Command {
  let at = program;
  for (const word of program.args) at = at.commands.find((sub) => sub.name() === word) ?? at;
  return at;
}

/** What people type who know other tools, and where it is here. */
const OTHER_WORDS: Readonly<Record<string, readonly string[]>> = {
  auth: ['profiles add', 'login'],
  config: ['profiles show', 'profiles list'],
  configure: ['profiles add'],
  connect: ['profiles add'],
  create: ['add'],
  delete: ['remove'],
  doctor: ['sync check'],
  env: ['help environment'],
  export: ['members list'],
  history: ['runs list'],
  import: ['add'],
  init: ['profiles add'],
  insert: ['add'],
  log: ['runs list', 'events list'],
  logs: ['runs list', 'events list'],
  ls: ['campaigns list', 'members list'],
  people: ['members list'],
  revert: ['runs undo'],
  rm: ['remove'],
  rollback: ['runs undo'],
  search: ['campaigns list', 'members find'],
  serve: ['emulator'],
  setup: ['profiles add'],
  signin: ['login'],
  signout: ['logout'],
  start: ['emulator'],
  status: ['sync check'],
  test: ['sync check'],
  update: ['apply'],
  whoami: ['profiles show'],
};

/**
 * For a `word` that is not a command of `group`. Suggests the commands that other groups or other tools call by this word, else those with a
 * similar spelling, else lists the group.
 */
export function unknownCommand(group: Command, word: string): UsageError {
  const path = group.parent === null ? '' : `${group.name()} `;
  const own = namesOf(group);
  const others = group.parent === null ? otherWords(group) : new Map<string, readonly string[]>();
  const near = nearest(word, [...own, ...others.keys()]);
  const meant = others.get(word.toLowerCase()) ?? (near === undefined ? [] : (others.get(near) ?? [`${path}${near}`]));
  const all = path === '' ? '`dyncamp --help` shows the commands.' : `Known: ${listOf(own, path, 'and')}.`;
  return new UsageError('UNKNOWN_COMMAND', `Unknown command '${path}${word}'.`, {
    hint: meant.length === 0 ? all : `Did you mean ${listOf(meant, '', 'or')}?`,
  });
}

/** Words of other tools, and verbs that only stand behind a noun here, with the commands that they could mean. */
function otherWords(program: Command): ReadonlyMap<string, readonly string[]> {
  const words = new Map(Object.entries(OTHER_WORDS));
  for (const topic in TOPICS) words.set(topic, [`help ${topic}`]);
  for (const group of program.commands)
    for (const verb of namesOf(group)) words.set(verb, [...(words.get(verb) ?? []), `${group.name()} ${verb}`]);
  for (const name of namesOf(program)) words.delete(name);
  return words;
}

const namesOf = (command: Command): readonly string[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((sub) => sub.name())
    .filter((name) => name !== 'help');

function listOf(names: readonly string[], path: string, last: 'and' | 'or'): string {
  const commands = names.map((name) => `\`dyncamp ${path}${name}\``);
  const [only = '', ...more] = commands;
  return more.length === 0 ? only : `${commands.slice(0, -1).join(', ')} ${last} ${commands.at(-1)}`;
}
