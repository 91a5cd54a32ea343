/** The options that `add`, `remove` and `apply` share: where people come from, what is told of them, and the guards. */
import { type Command, Option } from 'commander';
import {
  filePath,
  filePaths,
  keyValue,
  parseCount,
  parseCountOrShare,
  parseDuration,
  parseShard,
  repeatable,
} from './options.ts';

/** Members of one bulk call that any known client sends at the most. */
export const LARGEST_BATCH = 1000;

/** For a command that may be given a part of the people. */
export function addPeopleOptions(command: Command): Command {
  return addSetOptions(command)
    .option('--only-failed', '-f is a results file: take its failed and not-reached rows again')
    .option('--shard <i/n>', 'process one part of n, for parallel jobs, e.g. 1/4', parseShard);
}

/** For a command that has to be given everybody. */
export function addSetOptions(command: Command): Command {
  return command
    .option('-f, --file <file>', 'CSV, JSON, or one id or e-mail per line, also .gz; - is stdin; repeatable', filePaths)
    .addOption(
      new Option('--input-format <format>', 'format of the input (default: guessed from its first lines)').choices([
        'ids',
        'csv',
        'jsonl',
      ]),
    )
    .option('--encoding <name>', 'encoding of the input, e.g. windows-1252 (default: UTF-8, or by byte order mark)')
    .option('--map <header=column>', 'use an input column as a Dynamics column; repeatable', keyValue)
    .option('--match-by <column>', 'match people by this Dynamics column instead of e-mail')
    .option('--from-list <list>', 'people on another marketing list, by id or name; repeatable', repeatable)
    .option('--exclude <file>', 'leave out the people in this file; repeatable', filePaths)
    .option('--dry-run', 'show what would happen, change nothing')
    .option('--results <file>', 'write the result of each row to this .csv or .jsonl file', filePath)
    .option('--report <file>', 'write the summary to this JSON file', filePath)
    .option('--no-events', 'do not print events; keep them for `dyncamp events replay`')
    .addOption(
      new Option('--event-email <how>', 'e-mail addresses in events').choices(['full', 'none']).default('full'),
    )
    .option('--batch-size <n>', 'people in one batch', parseCount(1, LARGEST_BATCH), LARGEST_BATCH)
    .option('--max-failures <n|p%>', 'up to this many failures still exit with 0', parseCountOrShare)
    .option('--max-duration <time>', 'stop reading input after this time, e.g. 30m', parseDuration)
    .option('--allow-shared-list', 'write to an own list that another campaign also uses')
    .option('--partial-view', 'continue even if you cannot see all records')
    .option('--yes', 'do not ask for confirmation');
}
