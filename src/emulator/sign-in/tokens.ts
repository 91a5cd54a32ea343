/** Access tokens that carry their own proof, so that every process on one data folder accepts what another issued. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** No secret: whoever can reach the loopback port may sign in anyway. */
const KEY = 'dyncamp emulator token key';

export type TokenContent = { applicationId: string; expiresAtMs: number };

export function issueToken({ applicationId, expiresAtMs }: TokenContent): string {
  const payload = Buffer.from(JSON.stringify([applicationId, expiresAtMs])).toString('base64url');
  return `${payload}.${signature(payload)}`;
}

export function readToken(token: string, nowMs: number): TokenContent | undefined {
  const [payload = '', given = ''] = token.split('.');
  const expected = Buffer.from(signature(payload));
  const actual = Buffer.from(given);
  if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) return undefined;
  const content: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  if (!Array.isArray(content)) return undefined;
  const [applicationId, expiresAtMs] = content;
  if (typeof applicationId !== 'string' || typeof expiresAtMs !== 'number' || expiresAtMs <= nowMs) return undefined;
  return { applicationId, expiresAtMs };
}

function signature(payload: string): string {
  return createHmac('sha256', KEY).update(payload).digest('base64url');
}
