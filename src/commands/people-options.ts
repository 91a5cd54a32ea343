/** The options that `add`, `remove` and `apply` share: where people come from, what is told of them, and the guards. */
import { type Command, Option } from 'commander';
import {
  filePath,
  filePaths,
  keyValue,
  OPTION_GROUPS,
  parseCount,
  parseCountOrShare,
  parseDuration,
  parseShard,
  repeatable,
} from './options.ts';

/** No known client sends more members in one bulk call. */
export const LARGEST_BATCH = 1000;

/** A terminal gets words, a pipe gets data; no other format is one of events. */
export const eventOutputOption = (): Option =>
  new Option('-o, --output <format>', 'jsonl: events on a terminal too, not words').choices(['jsonl']);

/** For a command that may be given a part of the people. */
export function addPeopleOptions(command: Command): Command {
  return addSetOptions(command)
    .optionsGroup(OPTION_GROUPS.people)
    .option('--only-failed', '-f is a results file: take its failed rows again')
    .optionsGroup(OPTION_GROUPS.large)
    .option('--shard <i/n>', 'process one part of n, for parallel jobs, e.g. 1/4', parseShard);
}

/** For a command that has to be given everybody. */
export function addSetOptions(command: Command): Command {
  return command
    .optionsGroup(OPTION_GROUPS.people)
    .option('-f, --file <file>', 'CSV, JSON Lines or one per line; - is stdin; repeatable', filePaths)
    .option('--encoding <name>', 'encoding, e.g. windows-1252 (default: UTF-8)')
    .option('--map <header=column>', 'use a column under another name; repeatable', keyValue)
    .option('--from-list <list>', 'members of another marketing list; repeatable', repeatable)
    .option('--exclude <file>', 'leave out the people in this file; repeatable', filePaths)
    .optionsGroup(OPTION_GROUPS.beforeAndAfter)
    .option('--dry-run', 'show what would happen, change nothing')
    .option('--results <file>', 'write the result of each row (.csv or .jsonl)', filePath)
    .option('--report <file>', 'write the summary as JSON', filePath)
    .option('--max-failures <n|p%>', 'up to this many failures still exit with 0', parseCountOrShare)
    .optionsGroup(OPTION_GROUPS.matching)
    .option('--match-by <column>', 'match people by this Dynamics column instead of e-mail')
    .optionsGroup(OPTION_GROUPS.events)
    .addOption(eventOutputOption())
    .option('--no-events', 'do not print events; keep them for `dyncamp events replay`')
    .addOption(
      new Option('--event-email <how>', 'e-mail addresses in events').choices(['full', 'none']).default('full'),
    )
    .optionsGroup(OPTION_GROUPS.large)
    .addOption(
      new Option('--input-format <format>', 'format of the input (default: guessed from its first lines)').choices([
        'ids',
        'csv',
        'jsonl',
      ]),
    )
    .option('--batch-size <n>', 'people in one batch', parseCount(1, LARGEST_BATCH), LARGEST_BATCH)
    .option('--max-duration <time>', 'stop reading input after this time, e.g. 30m', parseDuration)
    .optionsGroup(OPTION_GROUPS.overrides)
    .option('--allow-shared-list', 'write to an own list that another campaign also uses')
    .option('--partial-view', 'continue even if you cannot see all records')
    .option('--yes', 'do not ask for confirmation');
}
