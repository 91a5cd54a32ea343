/** How --help is laid out: the overview by tasks; for a command the options that most people need. --help-all shows the rest. */
import { type Command, Help, type HelpConfiguration, Option } from 'commander';
import { MORE_OPTIONS } from '../commands/options.ts';
import { unknownCommand } from './usage-error.ts';

/** The commands by purpose: each, or a group of them, with the arguments that follow its name. */
const OVERVIEW: readonly (readonly [heading: string, lines: readonly (readonly [path: string, rest?: string])[]])[] = [
  [
    'Change a campaign:',
    [
      ['add', '<campaign> [person...]'],
      ['remove', '<campaign> [person...]'],
      ['apply', '<campaign>'],
    ],
  ],
  ['Look:', [['campaigns list'], ['members list', '<campaign>'], ['members find', '<person>']]],
  [
    'Check and undo:',
    [
      ['sync check', '[campaign]'],
      ['sync repair', '<campaign>'],
      ['runs', 'list | show | undo'],
      ['events', 'list | replay'],
    ],
  ],
  [
    'Set up:',
    [['profiles', 'list | add | use'], ['login'], ['logout'], ['emulator'], ['completion', '<shell>'], ['version']],
  ],
];

const FULL = '--help-all';

/** What asks for help: ours, and that of other tools. */
const HELP_WORDS: readonly string[] = ['-h', '--help', '-help', '-?', '/?', FULL];

/**
 * Help that is asked for before any other option is `dyncamp help` with the words around it: commander would show the page of what stands
 * before `-h` only, and that of the program for a command that does not exist.
 */
export function readHelpWords(words: readonly string[]): {
  readonly words: readonly string[];
  readonly isFull: boolean;
} {
  const end = words.indexOf('--');
  const isFull = words.includes(FULL) && (end < 0 || words.indexOf(FULL) < end);
  const asked = words.findIndex((word) => word.startsWith('-') || word === '/?');
  if (HELP_WORDS.includes(words[asked] ?? ''))
    return { words: ['help', ...words.filter((word) => !/^(?:-|\/\?$|help$)/.test(word))], isFull };
  return { words: isFull ? words.with(words.indexOf(FULL), '--help') : words, isFull };
}

const AFTER_HELP = `
Examples:
  $ dyncamp help runs undo      # as dyncamp runs undo --help
  $ dyncamp help members list
  $ dyncamp help exit-codes     # and environment`;

/** `dyncamp help runs undo`, and `dyncamp runs help undo`: the page of a command or topic. commander's own shows that of the first word. */
export function defineHelp(group: Command): void {
  group
    .command('help', { hidden: group.parent !== null })
    .description('Show the help of a command')
    .argument('[command...]', 'e.g. runs undo')
    .helpOption(false)
    .addOption(new Option('-h, --help').hideHelp())
    .addHelpText('after', AFTER_HELP)
    .action((words: readonly string[]) => pageOf(group, words).help());
}

/** Words after a command are its arguments. */
function pageOf(group: Command, words: readonly string[]): Command {
  return words.reduce((at, word) => {
    const next = at.commands.find((sub) => sub.name() === word);
    if (next === undefined && at.commands.length > 0) throw unknownCommand(at, word);
    return next ?? at;
  }, group);
}

export function helpLayout(isFull: boolean): HelpConfiguration {
  const plain = new Help();
  return {
    showGlobalOptions: isFull,
    visibleOptions: (command) => shownOptions(plain.visibleOptions(command), isFull),
    groupItems: (_all, visible, groupOf) => plain.groupItems([], visible, groupOf),
    formatHelp(command, helper) {
      if (command.parent === null) return overview(command, helper, isFull);
      const text = Help.prototype.formatHelp.call(helper, command, helper);
      if (isFull) return text;
      const hasMore = command.options.some(isMore);
      return `${text}\n${hasMore ? `More options: ${pathOf(command)}` : 'Options of every command: dyncamp'} ${FULL}\n`;
    },
    // Arguments and options are on the page of each.
    subcommandTerm: (command) => command.name(),
  };
}

const isMore = ({ helpGroupHeading }: Option): boolean => MORE_OPTIONS.has(helpGroupHeading ?? '');

/** Those that few people need come last. Where options are grouped, --help needs no line of its own. */
function shownOptions(options: readonly Option[], isFull: boolean): Option[] {
  const usual = options.filter((option) => !isMore(option));
  const isGrouped = usual.some(({ helpGroupHeading }) => helpGroupHeading !== undefined);
  return [
    ...usual.filter(({ long }) => !isGrouped || long !== '--help'),
    ...(isFull ? options.filter((option) => isMore(option)) : []),
  ];
}

function overview(program: Command, helper: Help, isFull: boolean): string {
  const items = (pairs: readonly (readonly [string, string])[]): string =>
    pairs.map(([term, text]) => helper.formatItem(term, TERM_WIDTH, text, helper)).join('\n');
  const groups = OVERVIEW.map(([heading, lines]) => {
    const pairs = lines.map(([path, rest = '']) => [`${path} ${rest}`, commandAt(program, path).summary()] as const);
    return `${heading}\n${items(pairs)}\n`;
  });
  const options = helper.visibleOptions(program);
  const pairs = options.map((option) => [helper.optionTerm(option), helper.optionDescription(option)] as const);
  const all = `Options of every command:\n${items(pairs)}\n`;
  const few = `Options of every command: --profile <name>  --quiet  --no-input  --debug\n  (all of them: dyncamp ${FULL})\n`;
  return [`${program.description()}\n`, 'Usage: dyncamp <command> [options]\n', ...groups, isFull ? all : few].join(
    '\n',
  );
}

const TERM_WIDTH = 30;

function commandAt(program: Command, path: string): Command {
  const found = path
    .split(' ')
    .reduce<Command | undefined>((at, name) => at?.commands.find((sub) => sub.name() === name), program);
  if (found === undefined) throw new Error(`The overview names "${path}", which is not a command.`);
  return found;
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
