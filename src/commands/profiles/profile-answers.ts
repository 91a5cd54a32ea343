/** A profile from options, and from questions for what they leave open. Paths become absolute: cron runs elsewhere. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { DyncampError, UsageError } from '../../errors.ts';
import type { Context } from '../../run/context.ts';
import { type Environment, variable } from '../../settings/connection-settings.ts';
import { isShortName, parseOrganizationUrl } from '../../settings/organization-url.ts';
import { type Profile, type SecretSource, TENANT } from '../../settings/profile.ts';
import { readSecret } from '../../settings/secrets.ts';
import { ask, choose, type Question } from '../../terminal/prompt.ts';
import { notice } from '../../terminal/report-error.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** How one can sign in: the words of `--sign-in`, which are the settings' own with hyphens. */
const WAYS = {
  browser: 'browser: yourself, in the browser of this machine',
  'device-code': 'device-code: yourself, in a browser on any device',
  'client-secret': 'client-secret: an app with a secret (cron jobs)',
  certificate: 'certificate: an app with a certificate (cron jobs)',
  'federated-token-file': 'federated-token-file: an app with a token of Kubernetes or GitHub Actions',
  'managed-identity': 'managed-identity: the Azure machine this runs on',
  'azure-cli': 'azure-cli: the account of the Azure CLI on this machine',
} as const;

export type SignInWay = keyof typeof WAYS;

/** What of a profile may be given; what else it needs is asked for. */
export type ProfileOptions = {
  readonly url?: string | undefined;
  readonly signIn?: SignInWay | undefined;
  readonly tenant?: string | undefined;
  /** Application (client) id; of a managed identity that of the user-assigned one. */
  readonly clientId?: string | undefined;
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
};

type Given = {
  readonly terminal: Terminal;
  readonly env: Environment;
  readonly options: ProfileOptions;
  /** What was answered before: Enter keeps it. */
  readonly before: Profile | undefined;
};

/** Throws UsageError ANSWER_NEEDED, naming the option, when there is nobody to ask. */
export async function profileFrom(
  { terminal, env }: Pick<Context, 'terminal' | 'env'>,
  options: ProfileOptions,
  before?: Profile,
): Promise<Profile> {
  const given = { terminal, env, options, before };
  const url = await askedUrl(given);
  const question = { text: 'How do you sign in?', flag: '--sign-in <way>', default: wayOf(before) ?? usualWay(env) };
  const way = options.signIn ?? (await choose(terminal, question, WAYS));
  return { url, signIn: await SIGN_INS[way](given), flowUsers: options.flowUser, set: options.set };
}

/** The same options without what can be asked for: a second round asks for all of it, with what was answered as defaults. */
export function askedAgain<Options extends ProfileOptions>(options: Options) {
  const { url, signIn, tenant, clientId, secretEnv, secretFile, storeSecret, certificate, tokenFile, ...rest } =
    options;
  return rest;
}

function wayOf(before: Profile | undefined): SignInWay | undefined {
  const way = before?.signIn.kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) ?? '';
  return isWay(way) ? way : undefined;
}

/** What the environment is set for, else a person. */
function usualWay(env: Environment): SignInWay {
  if (variable(env, DEFAULT_SECRET_VARIABLE) !== undefined) return 'client-secret';
  if (variable(env, 'AZURE_CLIENT_CERTIFICATE_PATH') !== undefined) return 'certificate';
  return variable(env, 'AZURE_FEDERATED_TOKEN_FILE') === undefined ? 'browser' : 'federated-token-file';
}

const isWay = (text: string): text is SignInWay => text in WAYS;

async function askedUrl({ terminal, env, options, before }: Given): Promise<string> {
  if (options.url !== undefined) return parseOrganizationUrl(await wholeAddress(terminal, options.url), '--url');
  const answer = await ask(terminal, {
    text: 'Address of the environment (e.g. https://contoso.crm4.dynamics.com)',
    flag: URL_FLAG,
    default: before?.url ?? variable(env, 'DYNCAMP_URL'),
    check: (typed) => (isShortName(typed) ? undefined : complaint(() => parseOrganizationUrl(typed, 'This'))),
  });
  return parseOrganizationUrl(await wholeAddress(terminal, answer), '--url');
}

/** Of `contoso`, the region is asked for where somebody can answer. */
const wholeAddress = async (terminal: Terminal, address: string): Promise<string> =>
  isShortName(address) && terminal.canAsk ? inRegion(terminal, address.trim()) : address;

const URL_FLAG = '--url <url>';

/** The domains after an organization's name (Microsoft Learn: "Datacenter regions"). */
const REGIONS = {
  'crm.dynamics.com': 'North America',
  'crm4.dynamics.com': 'Europe, Middle East, Africa',
  'crm11.dynamics.com': 'United Kingdom',
  'crm12.dynamics.com': 'France',
  'crm16.dynamics.com': 'Germany',
  'crm17.dynamics.com': 'Switzerland',
  'crm19.dynamics.com': 'Norway',
  'crm2.dynamics.com': 'South America',
  'crm3.dynamics.com': 'Canada',
  'crm5.dynamics.com': 'Asia Pacific',
  'crm6.dynamics.com': 'Australia',
  'crm7.dynamics.com': 'Japan',
  'crm8.dynamics.com': 'India',
  'crm14.dynamics.com': 'South Africa',
  'crm15.dynamics.com': 'United Arab Emirates',
  'crm20.dynamics.com': 'Singapore',
  'crm21.dynamics.com': 'Korea',
  'crm9.dynamics.com': 'US government (GCC)',
} as const;

async function inRegion(terminal: Terminal, name: string): Promise<string> {
  const text = `Which region is ${name} in? See the address that your browser shows in Dynamics.`;
  const choices = Object.fromEntries(
    Object.entries(REGIONS).map(([domain, region]) => [domain, `${name}.${domain}: ${region}`]),
  );
  return `https://${name}.${await choose(terminal, { text, flag: URL_FLAG }, choices)}`;
}

/** What is wrong with an answer, with what to do: it is asked for again. */
export function complaint(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof DyncampError) return [error.message, error.hint ?? ''].join(' ').trim();
    throw error;
  }
}

type SignIn = Profile['signIn'];

const SIGN_INS = {
  browser: async (given) => ({ kind: 'browser', ...unasked(given) }),
  'device-code': async (given) => ({ kind: 'deviceCode', ...unasked(given) }),
  'client-secret': async (given) => ({
    kind: 'clientSecret',
    ...(await application(given)),
    secret: await clientSecret(given),
  }),
  certificate: async (given) => ({
    kind: 'certificate',
    ...(await application(given)),
    certificatePath: await file(given, 'certificate', {
      text: 'PEM file with the certificate',
      flag: '--certificate <file>',
      default: textBefore(given, 'certificatePath'),
    }),
    keyPath: given.options.key === undefined ? undefined : absolute(given.options.key),
    passphrase: namedSecret(given.options.passphraseEnv, given.options.passphraseFile),
  }),
  'federated-token-file': async (given) => ({
    kind: 'federatedTokenFile',
    ...(await application(given)),
    tokenFile: await file(given, 'tokenFile', {
      text: 'File with the federated token',
      flag: '--token-file <file>',
      default: textBefore(given, 'tokenFile'),
    }),
  }),
  'managed-identity': async (given) => ({ kind: 'managedIdentity', clientId: unasked(given).clientId }),
  'azure-cli': async (given) => ({ kind: 'azureCli', tenantId: unasked(given).tenantId }),
} as const satisfies Record<SignInWay, (given: Given) => Promise<SignIn>>;

/** What may be left out, and is not asked for. */
function unasked(given: Given): { readonly tenantId: string | undefined; readonly clientId: string | undefined } {
  const { tenant, clientId } = given.options;
  return { tenantId: tenant ?? textBefore(given, 'tenantId'), clientId: clientId ?? textBefore(given, 'clientId') };
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function application(given: Given): Promise<{ tenantId: string; clientId: string }> {
  const { env } = given;
  return {
    tenantId: await answer(given, 'tenant', {
      default: textBefore(given, 'tenantId') ?? variable(env, 'AZURE_TENANT_ID'),
      text: 'Tenant id (App registrations > your app > Overview)',
      flag: '--tenant <id>',
      check: (typed) =>
        TENANT.test(typed) ? undefined : 'That is neither an id nor a domain such as contoso.onmicrosoft.com.',
    }),
    clientId: await answer(given, 'clientId', {
      default: textBefore(given, 'clientId') ?? variable(env, 'AZURE_CLIENT_ID'),
      text: 'Application (client) id (same page)',
      flag: '--client-id <id>',
      check: (typed) =>
        GUID.test(typed) ? undefined : 'That is not an id. An id looks like 11111111-2222-3333-4444-555555555555.',
    }),
  };
}

function textBefore({ before }: Given, name: string): string | undefined {
  const value = Object.entries(before?.signIn ?? {}).find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : undefined;
}

type TextOption = 'tenant' | 'clientId' | 'certificate' | 'tokenFile';

async function answer({ terminal, options }: Given, name: TextOption, question: Question): Promise<string> {
  return options[name] ?? (await ask(terminal, question));
}

async function file(given: Given, name: 'certificate' | 'tokenFile', question: Question): Promise<string> {
  return absolute(await answer(given, name, { ...question, check: noSuchFile }));
}

/** With the home directory for a tilde, which no shell replaces in an answer. */
function absolute(path: string): string {
  return resolve(path.replace(/^~(?=[/\\])/, () => homedir()));
}

function noSuchFile(typed: string): string | undefined {
  return existsSync(absolute(typed)) ? undefined : 'There is no such file.';
}

const DEFAULT_SECRET_VARIABLE = 'AZURE_CLIENT_SECRET';

/** By default the secret stays in its variable or file; storing it must be asked for. */
async function clientSecret({ terminal, options, env, before }: Given): Promise<SecretSource> {
  const { secretEnv, secretFile, storeSecret } = options;
  const last = before?.signIn.kind === 'clientSecret' ? before.signIn.secret : undefined;
  if (secretEnv !== undefined && secretFile !== undefined) {
    const hint = 'Give one of them.';
    throw new UsageError('OPTIONS_CONFLICT', 'Both --secret-env and --secret-file are given.', { hint });
  }
  const source = namedSecret(secretEnv, secretFile);
  if (storeSecret === true)
    return source === undefined
      ? typedSecret(terminal)
      : { from: 'stored', secret: readSecret(source, env, 'the client secret') };
  if (source !== undefined) return source;
  const usual = { from: 'env', name: DEFAULT_SECRET_VARIABLE } as const;
  if (!terminal.canAsk) return usual;
  // Set already: there is nothing to ask, unless it was what did not work.
  if (last !== undefined || variable(env, DEFAULT_SECRET_VARIABLE) === undefined) return askedSecret(terminal, last);
  await notice(
    terminal,
    'SECRET_FROM',
    `The client secret is read from ${DEFAULT_SECRET_VARIABLE}, now and in each run.`,
  );
  return usual;
}

function namedSecret(variableName: string | undefined, path: string | undefined): SecretSource | undefined {
  if (path !== undefined) return { from: 'file', path: absolute(path) };
  return variableName === undefined ? undefined : { from: 'env', name: variableName };
}

async function askedSecret(terminal: Terminal, last: SecretSource | undefined): Promise<SecretSource> {
  const variable = last?.from === 'env' ? last.name : DEFAULT_SECRET_VARIABLE;
  const choices = {
    variable: `variable: ${variable}, set by you before each run`,
    file: 'file: read at each sign-in',
    stored: 'stored: by dyncamp in its settings file, readable by you only',
  } as const;
  const before = last?.from === 'env' ? 'variable' : last?.from;
  const question = { text: 'Where is the client secret?', flag: '--secret-env or --secret-file', default: before };
  const place = await choose(terminal, question, choices);
  if (place === 'variable') return { from: 'env', name: variable };
  if (place === 'stored') return typedSecret(terminal, last?.from === 'stored' ? last.secret : undefined);
  const path = last?.from === 'file' ? last.path : undefined;
  const named = { text: 'File', flag: '--secret-file <file>', default: path, check: noSuchFile };
  return { from: 'file', path: absolute(await ask(terminal, named)) };
}

async function typedSecret(terminal: Terminal, last?: string): Promise<SecretSource> {
  const question = {
    text: 'Client secret',
    flag: '--secret-env or --secret-file',
    secret: true,
    check: (typed: string) =>
      GUID.test(typed)
        ? 'That is the id of the secret. Give its value, which is shown once when it is made.'
        : undefined,
  };
  const keep = { default: last, defaultName: 'the one typed before' };
  return { from: 'stored', secret: await ask(terminal, { ...question, ...keep }) };
}
