/** What stands behind the port: the API, the admin interface and, with sign-in, the token endpoint. */
import { type Admin, openAdmin } from './admin/admin.ts';
import { ADMIN_PREFIX, answerAdmin } from './admin/admin-requests.ts';
import { answerRequest } from './answer-request.ts';
import type { Instance } from './instance.ts';
import { ORGANIZATION } from './organization.ts';
import { pageAnswer } from './page/page.ts';
import type { Handler } from './server.ts';
import { TOKEN_PATH, tokenEndpoint } from './sign-in/token-endpoint.ts';

export type Site = {
  handle: Handler;
  admin: Admin;
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
  const issue = tokenEndpoint({
    nowMs: () => instance.now().getTime(),
    lifetimeSeconds: tokenLifetimeSeconds ?? TOKEN_LIFETIME_SECONDS,
  });
  return {
    admin,
    connect(kill) {
      killConnections = kill;
    },
    async handle(request) {
      if (request.method === 'GET' && request.target === '/')
        return { kind: 'answer', answer: pageAnswer({ id: ORGANIZATION.id, name: ORGANIZATION.friendlyName }) };
      if (request.target.startsWith(ADMIN_PREFIX)) return { kind: 'answer', answer: answerAdmin(admin, request) };
      if (signIn && request.method === 'POST' && TOKEN_PATH.test(request.target)) {
        return { kind: 'answer', answer: issue(request) };
      }
      return answerRequest(instance, request);
    },
  };
}
