/** The command tree: names, arguments and help. Nothing is read, opened or loaded before the action of a command runs. */
import { Command } from 'commander';
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
import { defineHelp, helpLayout } from './help.ts';
import { unknownCommand } from './usage-error.ts';

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
    if (command.commands.length > 0) {
      defineHelp(command);
      command.on('command:*', ([word = '']: readonly string[]) => {
        throw unknownCommand(command, word);
      });
    }
}
