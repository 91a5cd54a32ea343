/** A fake Entra ID for an emulator: with these options it accepts this one's tokens only, and answers sign-ins on its own port. */
import type { EmulatorOptions } from '../../../src/emulator/start-emulator.ts';
import { type Application, firstPerson, newApplication } from './directory.ts';
import { openIdentityProvider } from './identity-provider.ts';
import type { OrderedRefusal, SignInEntry, SignInState } from './sign-in-state.ts';
import { readToken } from './tokens.ts';

type Entra = {
  options: Required<Pick<EmulatorOptions, 'checkToken' | 'intercept' | 'knownOrigins'>>;
  signIn: SignInAdmin;
};

/** As Entra's usual tokens. */
const TOKEN_LIFETIME_SECONDS = 3599;

export function openEntra(given: { now?: (() => Date) | undefined; lifetimeSeconds?: number } = {}): Entra {
  const { now = () => new Date(), lifetimeSeconds = TOKEN_LIFETIME_SECONDS } = given;
  const nowMs = () => now().getTime();
  const { state, answer } = openIdentityProvider({ nowMs, lifetimeSeconds });
  return {
    options: {
      checkToken: (token) => readToken(token, nowMs()),
      intercept: answer,
      knownOrigins: state.directory.origins,
    },
    signIn: openSignInAdmin(state),
  };
}

/** What tests may see and change of the identity provider; from the process of the test. */
export type SignInAdmin = {
  /** Requests to the token endpoint, oldest first. */
  entries(): readonly SignInEntry[];
  clearEntries(): void;
  /** Adds an app registration or changes one; what is not given stays. */
  register(application: Partial<Application> & { id: string }): void;
  /** Other origins of organization and identity provider, e.g. behind a proxy. */
  setOrigins(origins: readonly string[]): void;
  /** Seconds for which tokens issued from now on are good. */
  setLifetime(seconds: number): void;
  setDeviceCodeInterval(seconds: number): void;
  /** Enters a code as a person, or refuses it. Throws when it is not pending. */
  decideDeviceCode(userCode: string, decision: { userName?: string; deny?: boolean }): void;
  /** The next requests to the token, device code and authorization endpoints are refused so; null ends it. */
  refuseNext(refusal: (Omit<OrderedRefusal, 'times'> & { times?: number }) | null): void;
  /** No refresh token issued until now is good any more. */
  revokeRefreshTokens(): void;
};

/** Beyond the end of any refresh token that was issued by now. */
const REFRESH_LIFETIME_MS = 90 * 24 * 60 * 60 * 1000;

function openSignInAdmin(state: SignInState): SignInAdmin {
  const { directory } = state;
  return {
    entries: () => [...state.entries],
    clearEntries: () => void state.entries.splice(0),
    register(changes) {
      const id = changes.id.toLowerCase();
      const before = directory.applications.get(id) ?? newApplication(id);
      directory.applications.set(id, { ...before, ...changes, id });
    },
    setOrigins: (origins) => void directory.origins.splice(0, Number.POSITIVE_INFINITY, ...origins),
    setLifetime(seconds) {
      state.lifetimeSeconds = seconds;
    },
    setDeviceCodeInterval(seconds) {
      state.deviceCodeIntervalSeconds = seconds;
    },
    decideDeviceCode(userCode, { userName, deny }) {
      const person = userName === undefined ? firstPerson(directory) : directory.people.get(userName);
      if (person === undefined) throw new Error(`nobody is called ${userName}`);
      if (!state.deviceCodes.decide(userCode, deny === true ? 'deny' : person)) throw new Error('no such device code');
    },
    refuseNext(refusal) {
      state.ordered.splice(0);
      if (refusal !== null) state.ordered.push({ ...refusal, times: refusal.times ?? 1 });
    },
    revokeRefreshTokens() {
      state.refreshTokensEndAfterMs = state.nowMs() + REFRESH_LIFETIME_MS;
    },
  };
}
