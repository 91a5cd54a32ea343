/** `--organization`: whose journal, for commands that read it without connecting. */
import type { Command } from 'commander';

export type OrganizationOption = {
  /** An organization's id. Default: that of the profile, or of the only journal there is. */
  readonly organization?: string | undefined;
};

export function addOrganizationOption(command: Command): Command {
  return command.option(
    '--organization <id>',
    "whose journal to read (default: the profile's organization, or the only journal there is)",
  );
}
