/** The binary against an emulator that accepts only tokens of a fake Entra ID. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EmulatorOptions } from '../../src/emulator/start-emulator.ts';
import { type Api, useEmulator } from './emulator.ts';
import type { SignInAdmin } from './entra/open-entra.ts';
import { openEntra } from './entra/open-entra.ts';
import {
  type CliHome,
  type CliOptions,
  type CliResult,
  createHome,
  type RunningCli,
  runCli,
  spawnCli,
} from './run-cli.ts';

export const TENANT = '7a1e0c55-3f0b-4f6e-8d52-91b7c4e6a001';
export const APPLICATION = 'd1c0a999-0000-4000-8000-000000000001';
export const STRANGER = '57a46e40-0000-4000-8000-000000000001';
export const ORGANIZATION = '0d0c4b1e-5a3f-4d9a-9c61-2f7e8a31c0de';
export const SECRET = 'dyncamp-emulator-secret';
export const OWN_USER_ID = 'd1c0a111-0000-4000-8000-000000000001';
export const ERIKA = 'erika.musterfrau@dyncamp.example';
/** A command that signs in and reads a little. */
export const READ = ['campaigns', 'list'] as const;

export type Env = Readonly<Record<string, string | undefined>>;

export type SignInCli = {
  readonly api: Api;
  /** What the identity provider knows and does. */
  readonly signIn: SignInAdmin;
  home(): CliHome;
  run(args: readonly string[], env?: Env, options?: Omit<CliOptions, 'env'>): Promise<CliResult>;
  start(args: readonly string[], env?: Env, options?: Omit<CliOptions, 'env'>): RunningCli;
  /** URL and application in the environment, without its proof. */
  application(): Record<string, string>;
  /** The same with the right client secret. */
  withSecret(): Record<string, string>;
  /** Writes a file of the test's own and gives its path. */
  file(name: string, content: string): string;
  /** What the identity provider answered since the test began, e.g. `secret granted`. */
  signIns(): readonly string[];
};

const TEST_TIMEOUT_MS = 60_000;

export function useSignInCli(options: EmulatorOptions = {}): SignInCli {
  jest.setTimeout(TEST_TIMEOUT_MS);
  const entra = openEntra({ now: options.now });
  const { signIn } = entra;
  const api = useEmulator({ ...entra.options, ...options });
  let made: CliHome | undefined;
  const home = (): CliHome => {
    if (made === undefined) throw new Error('the home is made in beforeAll');
    return made;
  };
  beforeAll(() => {
    made = createHome();
    mkdirSync(made.directory, { recursive: true });
  });
  beforeEach(() => {
    signIn.clearEntries();
    signIn.refuseNext(null);
    signIn.register({ id: APPLICATION, secrets: [{ value: SECRET }], certificates: [], federated: [] });
  });
  afterAll(() => made?.remove());
  const application = () => ({
    DYNCAMP_URL: api.emulator().url,
    AZURE_TENANT_ID: TENANT,
    AZURE_CLIENT_ID: APPLICATION,
  });
  return {
    api,
    signIn,
    home,
    run: (args, env = {}, rest = {}) => runCli(args, { home: home(), ...rest, env }),
    start: (args, env = {}, rest = {}) => spawnCli(args, { home: home(), ...rest, env }),
    application,
    withSecret: () => ({ ...application(), AZURE_CLIENT_SECRET: SECRET }),
    file(name, content) {
      const path = join(home().directory, name);
      writeFileSync(path, content);
      return path;
    },
    signIns: () =>
      signIn.entries().map(({ proof, outcome }) => (proof === undefined ? outcome : `${proof} ${outcome}`)),
  };
}
