/** Access and refresh tokens that carry their own proof, so that every process on one data folder accepts what another issued. */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

/** No secret: whoever can reach the loopback port may sign in anyway. */
const KEY = 'dyncamp emulator token key';

type TokenContent = {
  applicationId: string;
  /** Epoch ms. */
  expiresAtMs: number;
  /** Object id of the person it was issued for; absent: for the application itself. */
  objectId?: string;
};

/** `access` opens the Web API, `refresh` gets further tokens; neither passes for the other. */
type Use = 'access' | 'refresh';

export function issueToken({ applicationId, expiresAtMs, objectId }: TokenContent, use: Use = 'access'): string {
  const content = [applicationId, expiresAtMs, objectId ?? null, randomUUID()];
  const payload = Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${payload}.${signature(payload, use)}`;
}

/** Undefined when it was not issued here for this use, or has ended. */
export function readToken(token: string, nowMs: number, use: Use = 'access'): TokenContent | undefined {
  const [payload = '', given = ''] = token.split('.');
  const expected = Buffer.from(signature(payload, use));
  const actual = Buffer.from(given);
  if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) return undefined;
  const content: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  if (!Array.isArray(content)) return undefined;
  const [applicationId, expiresAtMs, objectId] = content;
  if (typeof applicationId !== 'string' || typeof expiresAtMs !== 'number' || expiresAtMs <= nowMs) return undefined;
  return { applicationId, expiresAtMs, ...(typeof objectId === 'string' ? { objectId } : {}) };
}

function signature(payload: string, use: Use): string {
  return createHmac('sha256', `${KEY} ${use}`).update(payload).digest('base64url');
}
