/** The command tree: names, arguments and help. Nothing is read, opened or loaded before the action of a command runs. */
import { Command, Help } from 'commander';
import { defineAdd } from '../commands/add.ts';
import { defineApply } from '../commands/apply.ts';
import { defineCampaignsList } from '../commands/campaigns/list.ts';
import { defineCompletion } from '../commands/completion.ts';
import { defineEmulator } from '../commands/emulator.ts';
import { defineEventsList } from '../commands/events/list.ts';
import { defineEventsReplay } from '../commands/events/replay.ts';
import { defineHelpTopics } from '../commands/help-topics.ts';
import { defineLogin } from '../commands/login.ts';
import { defineLogout } from '../commands/logout.ts';
import { defineMembersFind } from '../commands/members/find.ts';
import { defineMembersList } from '../commands/members/list.ts';
import { defineProfilesAdd } from '../commands/profiles/add.ts';
import { defineProfilesList } from '../commands/profiles/list.ts';
import { defineProfilesRemove } from '../commands/profiles/remove.ts';
import { defineProfilesShow } from '../commands/profiles/show.ts';
import { defineProfilesUse } from '../commands/profiles/use.ts';
import { defineRemove } from '../commands/remove.ts';
import { defineRunsList } from '../commands/runs/list.ts';
import { defineRunsShow } from '../commands/runs/show.ts';
import { defineRunsUndo } from '../commands/runs/undo.ts';
import { defineSyncCheck } from '../commands/sync/check.ts';
import { defineSyncRepair } from '../commands/sync/repair.ts';
import { defineVersion } from '../commands/version.ts';
import type { Context } from '../run/context.ts';
import { VERSION } from '../version.ts';
import { addGlobalOptions } from './global-options.ts';
import { unknownCommand } from './usage-error.ts';

const DESCRIPTION = `Add people to Microsoft Dynamics 365 campaigns, and remove them.

stdout has only data: one event per line for add, remove and apply. Messages go to stderr.`;

const AFTER = `
Try it without an account:
  $ dyncamp --profile emulator campaigns list
  $ echo kim@example.com | dyncamp --profile emulator add "Spring Launch" -

Exit codes:
  0   done                          65  input cannot be read
  1   a bug in dyncamp              68  some people failed
  2   usage, settings, a guard      69  Dynamics refused
  3   campaign or list not usable   75  temporary or unconfirmed: run it again
  4   sign-in failed                129, 130, 143  stopped by a signal
  5   missing privilege             141  the reader of stdout went away
  10  \`sync check\` found problems`;

type ProgramOutput = {
  /** Takes help and version as commander writes them. */
  write(text: string): void;
  /** Width of the help text; 80 when it is not known. */
  readonly columns?: number | undefined;
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
    .configureHelp({ showGlobalOptions: true, subcommandTerm })
    .description(DESCRIPTION)
    .version(VERSION, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', AFTER);
  addGlobalOptions(program);
  return program;
}

const HELP_COLUMNS = 80;

/** Without `[options]`, which every command has: in 80 columns there is no room for it beside the descriptions. */
function subcommandTerm(command: Command): string {
  return new Help().subcommandTerm(command).replace(' [options]', '');
}

/** Adds every command, in the order in which help shows them. */
export function addCommands(program: Command, context: Context): void {
  const campaigns = program.command('campaigns').description('The campaigns you can add people to');
  defineCampaignsList(campaigns, context);
  defineAdd(program, context);
  defineRemove(program, context);
  defineApply(program, context);
  const members = program.command('members').description('Who is in a campaign, and which campaigns a person is in');
  defineMembersList(members, context);
  defineMembersFind(members, context);
  const events = program.command('events').description('The events of past runs on this machine');
  defineEventsList(events, context);
  defineEventsReplay(events, context);
  const runs = program.command('runs').description('Past runs on this machine, and undo');
  defineRunsList(runs, context);
  defineRunsShow(runs, context);
  defineRunsUndo(runs, context);
  const sync = program.command('sync').description('Check and repair campaign sync');
  defineSyncCheck(sync, context);
  defineSyncRepair(sync, context);
  const profiles = program.command('profiles').description('Your organizations, and how to sign in');
  defineProfilesList(profiles, context);
  defineProfilesAdd(profiles, context);
  defineProfilesUse(profiles, context);
  defineProfilesShow(profiles, context);
  defineProfilesRemove(profiles, context);
  defineLogin(program, context);
  defineLogout(program, context);
  defineEmulator(program, context);
  defineCompletion(program, context);
  defineVersion(program, context);
  defineHelpTopics(program);
  for (const command of [program, ...program.commands])
    if (command.commands.length > 0)
      command.on('command:*', ([word = '']: readonly string[]) => {
        throw unknownCommand(command, word);
      });
}
