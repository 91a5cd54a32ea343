/** The options that `add` and `apply` share: who is meant, and how people are created whom Dynamics does not have. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { EMAIL_COLUMN } from '../input/marketo-columns.ts';
import { isBlankCell } from '../input/values.ts';
import { keyValue, OPTION_GROUPS, parseCount } from './options.ts';

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

/** Whoever gives a value means it to have an effect. What the table does not have is seen when the table is known. */
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
