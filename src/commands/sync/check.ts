/** `dyncamp sync check [CAMPAIGN]`: the counterpart of Marketo's "Validate Sync". */
import { type Command, Option } from 'commander';
import { SettingsError } from '../../errors.ts';
import type { Connection } from '../../run/connect.ts';
import type { Context } from '../../run/context.ts';
import { numberText, plural } from '../../run/counts.ts';
import type { SignInSettings } from '../../settings/connection-settings.ts';
import type { RequestedAccess } from '../../sync/access-request.ts';
import type { Check, CheckStatus } from '../../sync/check.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { writeRows } from '../../terminal/output.ts';
import { notice } from '../../terminal/report-error.ts';
import { addOutputOptions, type OutputOptions, outputFormat } from '../listing.ts';

type SyncCheckOptions = OutputOptions & {
  readonly deep?: boolean | undefined;
  readonly request?: boolean | undefined;
};

const AFTER = `
CAMPAIGN is an id, a code or a name. Without it, every active campaign with own
lists is checked.
On a terminal, what is fine is one line; --verbose shows every check.
Reads only. The exit code is 10 if there is a problem, otherwise 0, even with
warnings.

Examples:
  $ dyncamp sync check
  $ dyncamp sync check "Spring Launch"
  $ dyncamp sync check -o jsonl | jq 'select(.status != "ok")'
  $ dyncamp sync check --request > ask-the-administrator.txt`;

export function define(command: Command, context: Context): void {
  command
    .description('Check that campaign sync works, and what to do if not')
    .argument('[campaign]', 'id, code or name')
    .option('--deep', 'also check undocumented behavior of this organization (reads only)')
    .addOption(
      new Option('--request', 'print a request for your administrator: app, user, exact privileges').conflicts([
        'deep',
        'output',
        'json',
      ]),
    );
  addOutputOptions(command)
    .addHelpText('after', AFTER)
    .action((campaign: string | undefined, options: SyncCheckOptions) =>
      context.endWith(options.request === true ? printAccessRequest(context) : syncCheck(context, campaign, options)),
    );
}

/** The JSON keys, which are part of the interface. */
const COLUMNS = ['id', 'status', 'found', 'remedy', 'campaign', 'campaignId'];

/** Prints data as it comes, the report when all is known, and at the end the verdict; returns the exit code. */
async function syncCheck(context: Context, campaign: string | undefined, options: SyncCheckOptions): Promise<number> {
  const { checkSync } = await import('../../sync/check-sync.ts');
  const { firstCommand, writeReport } = await import('./check-report.ts');
  const { terminal } = context;
  const settings = await context.settings();
  const { dataverse, connection } = await context.openDataverse({ settings });
  const checks = checkSync({
    dataverse,
    clock: context.clock,
    signIn: signInText(connection, settings.signIn.kind),
    pinnedOrganizationId: connection.pinnedOrganizationId,
    confirmOrganization: connection.confirmOrganization,
    flowUsers: connection.flowUsers,
    campaign,
    deep: options.deep === true,
  });
  const seen: Check[] = [];
  const failures: unknown[] = [];
  const ending = untilFailure(checks, seen, failures);
  const format = outputFormat(options, terminal);
  const named = (): readonly Check[] => seen.map((check) => namedAs(check, campaign));
  if (format === 'table') {
    for await (const _ of ending);
    await writeReport(terminal.stdout, named(), { isVerbose: terminal.verbose });
  } else await writeRows(terminal, { rows: rowsOf(ending), columns: COLUMNS, format });
  const command = format === 'table' ? firstCommand(named()) : undefined;
  await notice(terminal, 'SUMMARY', summaryText(seen), command && `Begin with:\n${command}`);
  for (const failure of failures) throw failure;
  return seen.some(({ status }) => status === 'problem') ? EXIT.problems : EXIT.done;
}

/** Next steps name a campaign without a code of its own as its user did. */
function namedAs(check: Check, asked: string | undefined): Check {
  if (asked === undefined || check.campaign === undefined) return check;
  return { ...check, codes: new Map([[check.campaign.id, asked], ...(check.codes ?? [])]) };
}

/** An error ends the checks but is thrown only when the output is complete: half an array is not JSON. */
async function* untilFailure(checks: AsyncIterable<Check>, seen: Check[], failures: unknown[]): AsyncGenerator<Check> {
  try {
    for await (const check of checks) {
      seen.push(check);
      yield check;
    }
  } catch (error) {
    failures.push(error);
  }
}

async function* rowsOf(checks: AsyncIterable<Check>): AsyncGenerator<object> {
  for await (const { id, status, found, remedy, campaign } of checks) {
    yield { id, status, found, remedy, campaign: campaign?.name, campaignId: campaign?.id };
  }
}

const KINDS = {
  token: 'a ready access token',
  clientSecret: 'a client secret',
  certificate: 'a certificate',
  federatedTokenFile: 'a federated token',
  managedIdentity: 'a managed identity',
  browser: "a person's sign-in in the browser",
  deviceCode: "a person's sign-in by device code",
  azureCli: 'the Azure CLI',
} as const satisfies Record<SignInSettings['kind'], string>;

function signInText({ profileName, emulator }: Connection, kind: SignInSettings['kind']): string {
  if (emulator) return 'the built-in emulator takes any token';
  const from = profileName === undefined ? 'from the environment' : `profile "${profileName}"`;
  return `by ${KINDS[kind]}, ${from}`;
}

function summaryText(checks: readonly Check[]): string {
  const count = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  const parts = [
    `${numberText(count('ok'))} ok`,
    plural(count('warning'), 'warning'),
    plural(count('problem'), 'problem'),
    `${numberText(count('not-checked'))} not checked`,
  ];
  return `${plural(checks.length, 'check')}: ${parts.join(', ')}.`;
}

/** Needs no access, since it asks for it. */
async function printAccessRequest(context: Context): Promise<number> {
  const { accessRequest } = await import('../../sync/access-request.ts');
  await context.terminal.stdout.write(accessRequest(await knownSoFar(context)));
  return EXIT.done;
}

/** Filled in from the settings; without them the text has blanks. A broken settings file is an error here too. */
async function knownSoFar(context: Context): Promise<RequestedAccess> {
  try {
    const { origin, signIn } = await context.settings();
    const { tenantId, clientId } = { tenantId: undefined, clientId: undefined, ...signIn };
    return { origin, tenantId, clientId };
  } catch (error) {
    if (!(error instanceof SettingsError && NOT_SET_UP.has(error.code))) throw error;
    return { origin: undefined, tenantId: undefined, clientId: undefined };
  }
}

const NOT_SET_UP = new Set(['NOT_CONNECTED', 'PROFILE_NOT_NAMED', 'SIGN_IN_MISSING', 'SIGN_IN_INCOMPLETE']);
