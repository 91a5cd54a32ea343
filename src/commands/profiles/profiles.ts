/** `dyncamp profiles`: the organizations this machine knows, and how it signs in there. */
import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { defineProfilesAdd } from './add.ts';
import { defineProfilesList } from './list.ts';
import { defineProfilesRemove } from './remove.ts';
import { defineProfilesShow } from './show.ts';
import { defineProfilesUse } from './use.ts';

export function defineProfiles(parent: Command, context: Context): void {
  const profiles = parent
    .command('profiles')
    .description('The organizations you connect to, and how you sign in there');
  defineProfilesList(profiles, context);
  defineProfilesAdd(profiles, context);
  defineProfilesUse(profiles, context);
  defineProfilesShow(profiles, context);
  defineProfilesRemove(profiles, context);
}
