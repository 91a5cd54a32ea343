/** `dyncamp profiles add`: questions on a terminal, options in scripts, and one connection to see that it works. */
import { type Command, Option } from 'commander';
import type { Context } from '../../context.ts';
import { filePath, keyValue, repeatable } from '../options.ts';
import { SIGN_IN_WAYS, type SignInWay } from './sign-in-ways.ts';

export type ProfilesAddOptions = {
  readonly url?: string | undefined;
  readonly signIn?: SignInWay | undefined;
  /** Tenant id or domain. */
  readonly tenant?: string | undefined;
  /** Application (client) id; of a managed identity that of the user-assigned one. */
  readonly clientId?: string | undefined;
  /** Name of the variable that holds the client secret. */
  readonly secretEnv?: string | undefined;
  readonly secretFile?: string | undefined;
  /** Keep the secret itself in the settings file (0600): what is typed, or what secretEnv or secretFile hold now. */
  readonly storeSecret?: boolean | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  readonly passphraseEnv?: string | undefined;
  readonly passphraseFile?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly flowUser?: readonly string[] | undefined;
  readonly set?: Readonly<Record<string, string>> | undefined;
  /** Take the place of a profile of the same name. */
  readonly replace?: boolean | undefined;
  /** Put it in use. */
  readonly use?: boolean | undefined;
  /** False with --no-verify: do not connect, and pin no organization id. */
  readonly verify: boolean;
};

export type ProfilesAddRun = (context: Context, name: string | undefined, options: ProfilesAddOptions) => Promise<void>;

const AFTER = `
On a terminal it asks for what is not given. It connects once, to see that it
works and to remember which organization it is: another organization behind the
same URL is refused later. Secrets stay where they are, unless --store-secret is
given.

Examples:
  $ dyncamp profiles add
  $ dyncamp profiles add prod --url https://contoso.crm4.dynamics.com \\
      --sign-in browser --use
  $ dyncamp profiles add job --url https://contoso.crm4.dynamics.com \\
      --sign-in client-secret --secret-file /run/secrets/dyncamp \\
      --tenant contoso.onmicrosoft.com \\
      --client-id 11111111-2222-3333-4444-555555555555`;

export function defineProfilesAdd(parent: Command, context: Context, run: ProfilesAddRun = profilesAddRun): void {
  const ways = Object.keys(SIGN_IN_WAYS);
  parent
    .command('add')
    .description('Add an organization and how to sign in there')
    .argument('[name]', 'name of the profile')
    .option('--url <url>', 'address of the environment, e.g. https://contoso.crm4.dynamics.com')
    .addOption(new Option('--sign-in <way>', 'how to sign in').choices(ways))
    .option('--tenant <id>', 'tenant id or domain')
    .option('--client-id <id>', 'application (client) id')
    .option('--secret-env <name>', 'variable with the client secret (default: AZURE_CLIENT_SECRET)')
    .option('--secret-file <file>', 'file with the client secret, read at each sign-in', filePath)
    .option('--store-secret', 'keep the secret itself in the settings file, readable by you only')
    .option('--certificate <file>', 'PEM file with the certificate (and its key)', filePath)
    .option('--key <file>', 'PEM file with the private key, when it is in a file of its own', filePath)
    .option('--passphrase-env <name>', 'variable with the passphrase of the key')
    .option('--passphrase-file <file>', 'file with the passphrase of the key', filePath)
    .option('--token-file <file>', 'file with the federated token', filePath)
    .option('--flow-user <id>', 'user whose additions count as those of a flow action (repeatable)', repeatable)
    .option('--set <column=value>', 'value for people who are created (repeatable)', keyValue)
    .option('--replace', 'take the place of a profile of the same name')
    .option('--use', 'put it in use on this machine’s terminals')
    .option('--no-verify', 'do not connect now')
    .addHelpText('after', AFTER)
    .action((name: string | undefined, options: ProfilesAddOptions) => run(context, name, options));
}

export async function profilesAddRun(
  context: Context,
  name: string | undefined,
  options: ProfilesAddOptions,
): Promise<void> {
  const { addProfile } = await import('./add-profile.ts');
  await addProfile(context, name, options);
}
