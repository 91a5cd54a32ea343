/** A fake Entra ID for an emulator: with these options it accepts this one's tokens only, and answers sign-ins on its own port. */
import type { EmulatorOptions } from '../../../src/emulator/start-emulator.ts';
import { openIdentityProvider } from './identity-provider.ts';
import { openSignInAdmin, type SignInAdmin } from './sign-in-admin.ts';
import { readToken } from './tokens.ts';

export type Entra = {
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
