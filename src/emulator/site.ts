/** What stands behind the port: the API, the admin interface and, with sign-in, the identity provider. */
import { type Admin, openAdmin } from './admin/admin.ts';
import { ADMIN_PREFIX, answerAdmin } from './admin/admin-requests.ts';
import { answerRequest } from './answer-request.ts';
import { refuseForeignCaller, refuseForeignPage } from './foreign-callers.ts';
import type { Instance } from './instance.ts';
import { ORGANIZATION } from './organization.ts';
import { pageAnswer } from './page/page.ts';
import type { Handler } from './server.ts';
import { openIdentityProvider } from './sign-in/identity-provider.ts';
import { answerSignInAdmin, openSignInAdmin, type SignInAdmin } from './sign-in/sign-in-admin.ts';
import type { WireRequest } from './wire.ts';

export type Site = {
  handle: Handler;
  admin: Admin;
  /** Of the identity provider; without sign-in nothing asks it. */
  signIn: SignInAdmin;
  /** Given once the server listens: what cuts its connections. */
  connect(killConnections: () => void): void;
};

/** As Entra's usual tokens. */
const TOKEN_LIFETIME_SECONDS = 3599;

export function siteHandler(
  instance: Instance,
  { signIn = false, tokenLifetimeSeconds }: { signIn?: boolean; tokenLifetimeSeconds?: number },
): Site {
  let killConnections = (): void => undefined;
  const admin = openAdmin(instance, () => killConnections());
  const identityProvider = openIdentityProvider({
    nowMs: () => instance.now().getTime(),
    lifetimeSeconds: tokenLifetimeSeconds ?? TOKEN_LIFETIME_SECONDS,
  });
  const signInAdmin = openSignInAdmin(identityProvider.state);
  const refuseForeigners = (request: WireRequest) =>
    isAdmin(request)
      ? refuseForeignPage(request)
      : refuseForeignCaller(request, identityProvider.state.directory.origins);
  return {
    admin,
    signIn: signInAdmin,
    connect(kill) {
      killConnections = kill;
    },
    async handle(request) {
      const refusal = refuseForeigners(request);
      if (refusal !== undefined) return { kind: 'answer', answer: refusal };
      if (request.method === 'GET' && request.target === '/')
        return { kind: 'answer', answer: pageAnswer({ id: ORGANIZATION.id, name: ORGANIZATION.friendlyName }) };
      if (isAdmin(request)) {
        return { kind: 'answer', answer: answerSignInAdmin(signInAdmin, request) ?? answerAdmin(admin, request) };
      }
      const signedIn = signIn ? identityProvider.answer(request) : undefined;
      if (signedIn !== undefined) return { kind: 'answer', answer: signedIn };
      return answerRequest(instance, request);
    },
  };
}

const isAdmin = ({ target }: WireRequest): boolean => target.startsWith(ADMIN_PREFIX);
