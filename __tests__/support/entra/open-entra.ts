/** A fake Entra ID for an emulator: with these options it accepts this one's tokens only, and answers sign-ins on its own port. */
import type { EmulatorOptions } from '../../../src/emulator/start-emulator.ts';
import { type Application, findPerson, newApplication, openDirectory } from './directory.ts';
import { answerSignIn, type SignInEntry, type SignInState } from './endpoints.ts';
import { openGrants } from './grants.ts';
import type { RefusalFacts } from './refusal.ts';

type Entra = {
  options: Required<Pick<EmulatorOptions, 'checkToken' | 'intercept' | 'knownOrigins'>>;
  signIn: SignInAdmin;
};

/** What tests may see and change of the identity provider. */
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
  refuseNext(refusal: (RefusalFacts & { times?: number }) | null): void;
  /** No refresh token issued until now is good any more. */
  revokeRefreshTokens(): void;
};

export function openEntra({ now = () => new Date() }: { now?: (() => Date) | undefined } = {}): Entra {
  const nowMs = () => now().getTime();
  const directory = openDirectory();
  const grants = openGrants(nowMs);
  const state: SignInState = {
    nowMs,
    // As Entra's usual tokens.
    lifetimeSeconds: 3599,
    // [documented: "OAuth 2.0 device authorization grant"]
    deviceCodeIntervalSeconds: 5,
    directory,
    grants,
    ordered: [],
    entries: [],
  };
  return {
    options: {
      checkToken(token) {
        const granted = grants.readToken(token, 'access');
        if (granted === undefined) return undefined;
        const { applicationId, person } = granted;
        return { applicationId, ...(person && { objectId: person.objectId }) };
      },
      intercept: (request) => answerSignIn(state, request),
      knownOrigins: directory.origins,
    },
    signIn: {
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
      decideDeviceCode: (userCode, { userName, deny }) =>
        grants.decideDeviceCode(userCode, deny === true ? 'deny' : findPerson(directory, userName)),
      refuseNext(refusal) {
        state.ordered.splice(0);
        if (refusal !== null) state.ordered.push({ ...refusal, times: refusal.times ?? 1 });
      },
      revokeRefreshTokens: grants.revokeRefreshTokens,
    },
  };
}
