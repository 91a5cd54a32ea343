/** The options that `add` and `apply` share: who is meant, and how people are created whom Dynamics does not have. */
import { type Command, Option } from 'commander';
import { keyValue, parseCount } from './options.ts';

export function addCreationOptions(command: Command): Command {
  return command
    .option('--no-create', 'do not create people whom Dynamics does not have')
    .addOption(new Option('--create-as <type>', 'what to create them as').choices(['lead', 'contact']).default('lead'))
    .option('--no-source-campaign', 'do not make the campaign the source campaign of created leads')
    .option('--set <column=value>', 'value of a column of created people; repeatable', keyValue)
    .option('--max-creates <n>', 'create no more than this many', parseCount(0))
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
    .option('--skip-opted-out', 'leave out people who opted out of e-mail');
}
