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
    .option('--only-failed', 'the input is a results file: take its failed and not-reached rows')
    .option('--shard <i/n>', 'do only every n-th person, by a hash of who they are (i from 1)', parseShard);
}

/** For a command that has to be given everybody. */
export function addSetOptions(command: Command): Command {
  return command
    .option('-f, --file <file>', 'file of people: ids, CSV or JSON, also .gz; repeatable, - is stdin', filePaths)
    .addOption(
      new Option('--input-format <format>', 'format of the input (default: told by its first lines)').choices([
        'ids',
        'csv',
        'jsonl',
      ]),
    )
    .option(
      '--encoding <name>',
      'encoding of the input, e.g. windows-1252 (default: UTF-8, or as its byte order mark says)',
    )
    .option('--map <header=column>', 'take an input column for a Dynamics column; repeatable', keyValue)
    .option('--match-by <column>', 'match people by this Dynamics column instead of by e-mail')
    .option('--from-list <list>', 'the members of another marketing list, by id or name; repeatable', repeatable)
    .option('--exclude <file>', 'leave out the people of this file; repeatable', filePaths)
    .option('--dry-run', 'read only: say what would happen, write nothing')
    .option('--results <file>', 'write what became of each row to this .csv or .jsonl file', filePath)
    .option('--report <file>', 'write the summary to this JSON file', filePath)
    .option('--no-events', 'print no events; they are kept for `dyncamp events replay`')
    .addOption(
      new Option('--event-email <how>', 'e-mail addresses in events').choices(['full', 'none']).default('full'),
    )
    .option('--batch-size <n>', 'people in one batch', parseCount(1, LARGEST_BATCH), LARGEST_BATCH)
    .option('--max-failures <n|p%>', 'up to this many failed people are a warning (exit 0)', parseCountOrShare)
    .option('--max-duration <time>', 'take in nothing more after this time, e.g. 30m', parseDuration)
    .option('--allow-shared-list', 'write to an own list that another campaign uses too')
    .option('--partial-view', 'go on although the user does not see every row')
    .option('--yes', 'answer yes to what would be asked');
}
