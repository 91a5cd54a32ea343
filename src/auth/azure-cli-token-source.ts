/** The account that is signed in to the Azure CLI: its command gives the token. */
import type { ExecFileException } from 'node:child_process';
import { AuthenticationError, TemporaryError } from '../errors.ts';
import { isJsonObject, parseJson } from '../json.ts';
import { type AccessToken, cachedTokens, type TokenSource } from './token-source.ts';

/** `code` is the exit code, or ENOENT and the like when the CLI could not be started. */
export type CliResult = { readonly code: number | string; readonly stdout: string; readonly stderr: string };
type RunAzureCli = (args: readonly string[]) => Promise<CliResult>;

type AzureCliOptions = {
  readonly origin: string;
  readonly tenantId?: string | undefined;
  readonly clock: { now(): number };
  /** Default: the `az` of the PATH. */
  readonly run?: RunAzureCli;
};

export function azureCliTokens({ origin, tenantId, clock, run = runAz }: AzureCliOptions): TokenSource {
  const tenant = tenantId === undefined ? [] : ['--tenant', tenantId];
  const args = ['account', 'get-access-token', '--resource', origin, '--output', 'json', ...tenant];
  return cachedTokens(clock, async () => tokenFrom(await run(args), origin));
}

function tokenFrom({ code, stdout, stderr }: CliResult, origin: string): AccessToken {
  if (code === 'ENOENT') {
    throw new AuthenticationError('AZURE_CLI_MISSING', 'Could not sign in with the Azure CLI: `az` was not found.', {
      hint: 'Install the Azure CLI and run `az login`, or choose another way to sign in: `dyncamp profiles add`.',
    });
  }
  if (code === 'TIMEOUT') {
    throw new TemporaryError('AZURE_CLI_TIMEOUT', 'Could not sign in with the Azure CLI: `az` did not answer in time.');
  }
  if (code !== 0) {
    throw new AuthenticationError(
      'AZURE_CLI_REFUSED',
      `Could not sign in to ${origin} with the Azure CLI: ${reason(stderr)}.`,
      { hint: 'Run `az login` (with --tenant for the tenant of this organization), then the same command again.' },
    );
  }
  return parseAnswer(stdout);
}

function parseAnswer(stdout: string): AccessToken {
  const answer = parseJson(stdout);
  const { accessToken: token, expires_on: expiresOnSeconds, expiresOn } = isJsonObject(answer) ? answer : {};
  // `expires_on` (epoch seconds) came with Azure CLI 2.54; `expiresOn` is local time without a zone.
  const seconds = Number(expiresOnSeconds);
  const expiresAt = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : Date.parse(String(expiresOn));
  if (typeof token !== 'string' || Number.isNaN(expiresAt)) {
    throw new AuthenticationError('AZURE_CLI_REFUSED', 'The Azure CLI answered without an access token.', {
      hint: 'Check the answer of `az account get-access-token` (it is a secret), and that the CLI is 2.54 or later.',
    });
  }
  return { token, expiresAt };
}

/** The CLI's error line, without its colours and advice. */
function reason(stderr: string): string {
  const lines = stderr.split('\n');
  const [line = ''] = [...lines.filter((text) => text.startsWith('ERROR:')), ...lines];
  return /^(?:ERROR:)?\s*(\S.*?)\.?\s*$/.exec(line)?.[1] ?? 'it gave no reason';
}

const TIMEOUT_MS = 60_000;

async function runAz(args: readonly string[]): Promise<CliResult> {
  const { execFile } = await import('node:child_process');
  // On Windows az is a batch file, which only a shell can start. organization-url.ts and the settings have checked
  // the host name and the tenant among the arguments.
  const [file, shellArgs] = process.platform === 'win32' ? ['cmd.exe', ['/d', '/c', 'az']] : ['az', []];
  return new Promise((resolve) => {
    execFile(file, [...shellArgs, ...args], { timeout: TIMEOUT_MS, windowsHide: true }, (error, stdout, stderr) => {
      resolve({ code: exitOf(error), stdout, stderr });
    });
  });
}

function exitOf(error: ExecFileException | null): number | string {
  if (error === null) return 0;
  return error.killed === true ? 'TIMEOUT' : (error.code ?? 1);
}
