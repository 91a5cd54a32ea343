/** Access and refresh tokens that carry their own proof, so that every process on one data folder accepts what another issued. */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { ORGANIZATION } from '../../../src/emulator/organization.ts';
import type { Person } from './directory.ts';

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

const ID_TOKEN_SECONDS = 3600;

/** The id token that tells a client who signed in. Differs: it is not signed; a client that has it from the token endpoint need not check. */
export function idToken(person: Person, facts: { applicationId: string; issuer: string; nowMs: number }): string {
  const iat = Math.floor(facts.nowMs / 1000);
  const claims = {
    aud: facts.applicationId,
    iss: facts.issuer,
    iat,
    nbf: iat,
    exp: iat + ID_TOKEN_SECONDS,
    oid: person.objectId,
    sub: person.objectId,
    tid: ORGANIZATION.tenantId,
    name: person.userName,
    preferred_username: person.userName,
    ver: '2.0',
  };
  return `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.unsigned`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Which account a token belongs to, as msal keeps it: base64url of `{"uid":…,"utid":…}`. [field] */
export function clientInfo({ objectId }: Person): string {
  return encode({ uid: objectId, utid: ORGANIZATION.tenantId });
}
