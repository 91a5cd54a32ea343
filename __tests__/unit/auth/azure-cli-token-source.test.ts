import { azureCliTokens, type CliResult } from '../../../src/auth/azure-cli-token-source.ts';

const ORIGIN = 'https://contoso.crm4.dynamics.com';

function tokens(result: Partial<CliResult>, tenantId?: string) {
  const calls: (readonly string[])[] = [];
  const run = async (args: readonly string[]): Promise<CliResult> => {
    calls.push(args);
    return { code: 0, stdout: '', stderr: '', ...result };
  };
  return { calls, source: azureCliTokens({ origin: ORIGIN, tenantId, clock: { now: () => 0 }, run }) };
}

describe('azureCliTokens', () => {
  it('asks the CLI for a token to the organization', async () => {
    const { calls, source } = tokens({ stdout: '{"accessToken":"t1","expires_on":3600}' }, 'contoso');
    await expect(source.token()).resolves.toBe('t1');
    expect(calls).toEqual([
      ['account', 'get-access-token', '--resource', ORIGIN, '--output', 'json', '--tenant', 'contoso'],
    ]);
  });

  it('understands the older expiry', async () => {
    const { source } = tokens({ stdout: '{"accessToken":"t1","expiresOn":"2026-11-21 12:00:00.000000"}' });
    await expect(source.token()).resolves.toBe('t1');
  });

  it.each<[string, Partial<CliResult>, string]>([
    ['no CLI', { code: 'ENOENT' }, 'AZURE_CLI_MISSING'],
    ['nobody signed in', { code: 1, stderr: "ERROR: Please run 'az login' to setup account.\n" }, 'AZURE_CLI_REFUSED'],
    ['a CLI that hangs', { code: 'TIMEOUT' }, 'AZURE_CLI_TIMEOUT'],
    ['an answer without a token', { stdout: '{}' }, 'AZURE_CLI_REFUSED'],
    ['no JSON', { stdout: 'oops' }, 'AZURE_CLI_REFUSED'],
  ])('explains %s', async (_name, result, code) => {
    await expect(tokens(result).source.token()).rejects.toMatchObject({ code });
  });

  it('repeats the reason that the CLI gives', async () => {
    const { source } = tokens({ code: 1, stderr: 'WARNING: x\nERROR: AADSTS50076: Due to a change.\n' });
    await expect(source.token()).rejects.toThrow('AADSTS50076: Due to a change.');
  });
});
