/** Access and refresh tokens that carry their own proof, so that every process on one data folder accepts what another issued. */
import {
  createHash,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
  timingSafeEqual,
} from 'node:crypto';
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

/** The id token that tells a client who signed in, and the keys to check it with. */
export type IdTokens = {
  issue(person: Person, options: { applicationId: string; issuer: string; nowMs: number; nonce?: string }): string;
  /** RFC 7517. */
  keys(): unknown;
};

const LIFETIME_SECONDS = 3600;

/** The key is made when the first token is issued: most emulators never need one. */
export function openIdTokens(): IdTokens {
  let pair: { publicKey: KeyObject; privateKey: KeyObject; id: string } | undefined;
  const keyPair = () => {
    pair ??= newPair();
    return pair;
  };
  return {
    issue(person, { applicationId, issuer, nowMs, nonce }) {
      const { privateKey, id } = keyPair();
      const iat = Math.floor(nowMs / 1000);
      const signed = [
        { alg: 'RS256', typ: 'JWT', kid: id },
        {
          aud: applicationId,
          iss: issuer,
          iat,
          nbf: iat,
          exp: iat + LIFETIME_SECONDS,
          oid: person.objectId,
          sub: person.objectId,
          tid: ORGANIZATION.tenantId,
          name: person.userName,
          preferred_username: person.userName,
          ver: '2.0',
          ...(nonce === undefined ? {} : { nonce }),
        },
      ]
        .map(encode)
        .join('.');
      return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
    },
    keys() {
      const { publicKey, id } = keyPair();
      return { keys: [{ ...publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: id }] };
    },
  };
}

function newPair() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const id = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  return { publicKey, privateKey, id };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Which account a token belongs to, as msal keeps it: base64url of `{"uid":…,"utid":…}`. [field] */
export function clientInfo({ objectId }: Person): string {
  return encode({ uid: objectId, utid: ORGANIZATION.tenantId });
}
