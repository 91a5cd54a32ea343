/** The run of `dyncamp sync check`: checks as they come, a sum at the end, and the exit code that they stand for. */
import type { Connection, Context } from '../../context.ts';
import type { SignInKind } from '../../settings/connection-settings.ts';
import type { Check, CheckStatus } from '../../sync/check.ts';
import { checkSync } from '../../sync/check-sync.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { writeRows } from '../../terminal/output.ts';
import { notice } from '../../terminal/report-error.ts';
import { outputFormat } from '../output-options.ts';
import type { SyncCheckRequest } from './check.ts';
import { writeReport } from './write-report.ts';

/** The JSON keys, which are part of the interface. */
const COLUMNS = ['id', 'status', 'found', 'remedy', 'campaign', 'campaignId'];

type Tally = Record<CheckStatus, number>;

export async function runSyncCheck(context: Context, { campaign, options }: SyncCheckRequest): Promise<number> {
  const { terminal } = context;
  const settings = await context.settings();
  const { dataverse, connection } = await context.openDataverse({ settings });
  const checks = checkSync({
    dataverse,
    signIn: signInText(connection, settings.signIn.kind),
    pinnedOrganizationId: connection.pinnedOrganizationId,
    confirmOrganization: connection.confirmOrganization,
    flowUsers: connection.flowUsers,
    campaign,
    deep: options.deep === true,
  });
  const tally: Tally = { ok: 0, warning: 0, problem: 0, 'not-checked': 0 };
  const ending = untilFailure(counted(checks, tally));
  const format = outputFormat(options) ?? (terminal.stdout.isTTY ? 'table' : 'jsonl');
  if (format === 'table') await writeReport(terminal.stdout, ending.checks, { isOneCampaign: campaign !== undefined });
  else await writeRows(terminal, { rows: rowsOf(ending.checks), columns: COLUMNS, format });
  await notice(terminal, 'SUMMARY', summaryText(tally));
  ending.throwFailure();
  return tally.problem > 0 ? EXIT.problems : EXIT.done;
}

async function* counted(checks: AsyncIterable<Check>, tally: Tally): AsyncGenerator<Check> {
  for await (const check of checks) {
    tally[check.status] += 1;
    yield check;
  }
}

/** What fails in the middle ends the checks, and is thrown only when the output is complete: half an array is no JSON. */
function untilFailure(checks: AsyncIterable<Check>): { checks: AsyncIterable<Check>; throwFailure(): void } {
  const failures: unknown[] = [];
  const source = checks[Symbol.asyncIterator]();
  const next = async (): Promise<IteratorResult<Check, undefined>> => {
    try {
      const result = await source.next();
      return result.done === true ? { done: true, value: undefined } : result;
    } catch (error) {
      failures.push(error);
      return { done: true, value: undefined };
    }
  };
  return {
    checks: { [Symbol.asyncIterator]: () => ({ next }) },
    throwFailure() {
      for (const failure of failures) throw failure;
    },
  };
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
} as const satisfies Record<SignInKind, string>;

function signInText({ profileName, emulator }: Connection, kind: SignInKind): string {
  if (emulator) return 'the built-in emulator takes any token';
  const from = profileName === undefined ? 'from the environment' : `profile "${profileName}"`;
  return `by ${KINDS[kind]}, ${from}`;
}

function summaryText(tally: Tally): string {
  const { problem, warning, 'not-checked': notChecked } = tally;
  const total = Object.values(tally).reduce((sum, count) => sum + count, 0);
  const parts = [
    `${tally.ok} ok`,
    `${warning} ${warning === 1 ? 'warning' : 'warnings'}`,
    `${problem} ${problem === 1 ? 'problem' : 'problems'}`,
    `${notChecked} not checked`,
  ];
  return `${total} checks: ${parts.join(', ')}.`;
}
