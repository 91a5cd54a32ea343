/** The options that `add`, `remove` and `apply` share: where people come from, what is reported of them, who is created or removed, and the guards. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { EMAIL_COLUMN } from '../input/marketo-columns.ts';
import { isBlankCell } from '../input/values.ts';
import { MAX_MEMBERS_PER_CALL } from '../transport/pace.ts';
import {
  commaList,
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

/** A terminal gets words, a pipe gets data; no other format is one of events. */
export function addEventOptions(command: Command): Command {
  return command
    .addOption(new Option('-o, --output <format>', 'jsonl: events on a terminal too, not words').choices(['jsonl']))
    .option('--no-events', 'do not print events; keep them for `dyncamp events replay`')
    .addOption(
      new Option('--event-email <how>', 'e-mail addresses in events').choices(['full', 'none']).default('full'),
    );
}

/** For a command that may be given a part of the people. */
export function addPeopleOptions(command: Command): Command {
  return addSetOptions(command)
    .argument('[person...]', 'e-mail addresses, GUIDs, lead:GUID or contact:GUID')
    .optionsGroup(OPTION_GROUPS.people)
    .option('--only-failed', '-f is a results file: take its failed rows again')
    .optionsGroup(OPTION_GROUPS.large)
    .option('--shard <i/n>', 'process one part of n, for parallel jobs, e.g. 1/4', parseShard);
}

/** For a command that has to be given everybody. */
export function addSetOptions(command: Command): Command {
  command
    .argument('<campaign>', 'name, code or id; to choose: name:…, code:… or id:…')
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
    .optionsGroup(OPTION_GROUPS.events);
  return addEventOptions(command)
    .optionsGroup(OPTION_GROUPS.large)
    .addOption(
      new Option('--input-format <format>', 'format of the input (default: guessed from its first lines)').choices([
        'ids',
        'csv',
        'jsonl',
      ]),
    )
    .option('--batch-size <n>', 'people in one batch', parseCount(1, MAX_MEMBERS_PER_CALL), MAX_MEMBERS_PER_CALL)
    .option('--max-duration <time>', 'stop reading input after this time, e.g. 30m', parseDuration)
    .optionsGroup(OPTION_GROUPS.overrides)
    .option('--allow-shared-list', 'write to an own list that another campaign also uses')
    .option('--partial-view', 'continue even if you cannot see all records')
    .option('--yes', 'do not ask for confirmation');
}

/** Of `remove` and `apply`. */
export function addRemovalOptions(command: Command, maxRemovals: string): Command {
  return command
    .optionsGroup(OPTION_GROUPS.removal)
    .option(
      '--added-by <users>',
      'also remove people added by these users: ids (comma-separated), or anyone',
      commaList,
    )
    .option('--max-removals <n>', maxRemovals, parseCount(0));
}

/** Of `add` and `apply`: who is meant, and how people are created whom Dynamics does not have. */
export function addCreationOptions(command: Command): Command {
  return command
    .optionsGroup(OPTION_GROUPS.creation)
    .option('--no-create', 'do not create them')
    .addOption(
      new Option('--create-as <type>', 'what to create new people as').choices(['lead', 'contact']).default('lead'),
    )
    .addOption(
      new Option('--set <column=value>', 'fill a column of the people created; repeatable')
        .argParser(columnValue)
        .conflicts('create'),
    )
    .option('--max-creates <n>', 'stop creating people after this many', parseCount(0))
    .optionsGroup(OPTION_GROUPS.matching)
    .addOption(
      new Option('--duplicate-rules <how>', 'duplicate-detection rules of the organization')
        .choices(['honour', 'ignore'])
        .default('honour'),
    )
    .addOption(
      new Option('--on-ambiguous <how>', 'when several people match').choices(['fail', 'newest']).default('fail'),
    )
    .addOption(
      new Option('--inactive <how>', 'when only inactive people match').choices(['fail', 'create-new']).default('fail'),
    )
    .option('--skip-opted-out', 'leave out people who opted out of e-mail')
    .option('--no-source-campaign', 'do not set the campaign as the source campaign of new leads');
}

/** A value without effect is an error, because the user expects one. Columns that do not exist show once the table is read. */
function columnValue(
  text: string,
  before: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const values = keyValue(text, before);
  const name = text.slice(0, text.indexOf('=')).trim();
  if (isBlankCell(values[name] ?? ''))
    throw new InvalidArgumentError(`The value is empty.\n(Give a value after ${name}=, or leave the option out.)`);
  if (name.toLowerCase() === EMAIL_COLUMN)
    throw new InvalidArgumentError(
      'Each person has the address of their own row.\n(Leave it out; the input names the addresses.)',
    );
  return values;
}
