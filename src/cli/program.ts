/** The command tree. The file of a command is imported when the command line names it; what it needs is opened when its action runs. */
import { Command } from 'commander';
import { defineHelpTopics } from '../commands/help-topics.ts';
import type { Context } from '../run/context.ts';
import { VERSION } from '../version.ts';
import { addGlobalOptions } from './global-options.ts';
import { defineHelp, helpLayout } from './help.ts';
import { unknownCommand } from './usage-error.ts';

type CommandFile = { define(command: Command, context: Context): void };

/** Groups, and commands with their files, in the order in which lists of them show them. */
const COMMANDS: readonly (readonly [path: string, summary: string, importFile?: () => Promise<CommandFile>])[] = [
  ['campaigns', 'The campaigns you can add people to'],
  ['campaigns list', 'List the campaigns you can add people to', () => import('../commands/campaigns/list.ts')],
  ['add', 'Add people to a campaign', () => import('../commands/add.ts')],
  ['remove', 'Remove people from a campaign', () => import('../commands/remove.ts')],
  ['apply', 'Make the members of a campaign match a file', () => import('../commands/apply.ts')],
  ['members', 'Who is in a campaign, and which campaigns a person is in'],
  ['members list', 'List the people in a campaign', () => import('../commands/members/list.ts')],
  ['members find', 'List the campaigns a person is in', () => import('../commands/members/find.ts')],
  ['events', 'The events of past runs on this machine'],
  ['events list', 'List the events of the last run, or of other runs', () => import('../commands/events/list.ts')],
  [
    'events replay',
    'Print the events of the last run, or of other runs, again',
    () => import('../commands/events/replay.ts'),
  ],
  ['runs', 'Past runs on this machine, and undo'],
  ['runs list', 'List the last runs, newest first', () => import('../commands/runs/list.ts')],
  ['runs show', 'Show the result of one run', () => import('../commands/runs/show.ts')],
  ['runs undo', 'Undo a run: remove whom it added, add back whom it removed', () => import('../commands/runs/undo.ts')],
  ['sync', 'Check and repair campaign sync'],
  ['sync check', 'Check that campaign sync works', () => import('../commands/sync/check.ts')],
  ['sync repair', "Fix a campaign's own lists, step by step", () => import('../commands/sync/repair.ts')],
  ['profiles', 'Your organizations, and how to sign in'],
  ['profiles list', 'List the profiles', () => import('../commands/profiles/list.ts')],
  ['profiles add', 'Add an organization and how to sign in', () => import('../commands/profiles/add.ts')],
  ['profiles use', 'Set the default profile', () => import('../commands/profiles/use.ts')],
  [
    'profiles show',
    'Show a profile, or the current settings, and where each value comes from',
    () => import('../commands/profiles/show.ts'),
  ],
  ['profiles remove', 'Remove a profile and its sign-in', () => import('../commands/profiles/remove.ts')],
  ['login', 'Sign in as yourself', () => import('../commands/login.ts')],
  ['logout', 'Sign out on this machine', () => import('../commands/logout.ts')],
  ['emulator', 'Start a practice Dataverse on this computer', () => import('../commands/emulator.ts')],
  ['completion', 'Print the completion script of a shell', () => import('../commands/completion.ts')],
  ['__complete', '', () => import('../commands/complete.ts')],
  ['version', 'Show versions and folders', () => import('../commands/version.ts')],
];

const DESCRIPTION = 'Add people to Microsoft Dynamics 365 campaigns, and remove them.';

const AFTER = `
Try it:    dyncamp --profile emulator campaigns list
See also:  dyncamp help exit-codes, dyncamp help environment`;

type ProgramOutput = {
  /** Takes help and version as commander writes them. */
  write(text: string): void;
  /** Width of the help text; 80 when it is not known. */
  readonly columns?: number | undefined;
  /** Help shows every option. Default: those that most people need. */
  readonly isFullHelp?: boolean | undefined;
};

/** The root command with the global options. Throws commander's errors; its other output goes to `output`. */
export function createProgram(output: ProgramOutput): Command {
  const program = new Command('dyncamp');
  program
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.write(text),
      writeErr: (text) => output.write(text),
      // main.ts reports errors, in the requested format.
      outputError: () => undefined,
      getOutHelpWidth: () => output.columns ?? HELP_COLUMNS,
      getErrHelpWidth: () => output.columns ?? HELP_COLUMNS,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp(helpLayout(output.isFullHelp === true))
    .description(DESCRIPTION)
    .version(VERSION, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .addHelpText('after', AFTER);
  addGlobalOptions(program);
  return program;
}

const HELP_COLUMNS = 80;

/**
 * Adds every command with its name and what it is for. The files of those that `words` name are imported, and add arguments, options and
 * the action. Default: of all.
 */
export async function addCommands(
  program: Command,
  context: Context,
  words: readonly string[] = COMMANDS.flatMap(([path]) => path.split(' ')),
): Promise<void> {
  for (const [path, summary, importFile] of COMMANDS) {
    const names = path.split(' ');
    const parent = program.commands.find((group) => group.name() === names[0]) ?? program;
    const command = parent
      .command(names.at(-1) ?? '', { hidden: summary === '' })
      .summary(summary)
      .description(summary);
    if (names.every((name) => words.includes(name))) (await importFile?.())?.define(command, context);
  }
  defineHelpTopics(program);
  for (const command of [program, ...program.commands])
    if (command.commands.length > 0) {
      defineHelp(command);
      command.on('command:*', ([word = '']: readonly string[]) => {
        throw unknownCommand(command, word);
      });
    }
}
