/** JSON Web Tokens that others signed: taken apart, and their signatures really verified. */
import { constants, type KeyObject, verify } from 'node:crypto';

export type Jwt = {
  header: Readonly<Record<string, unknown>>;
  payload: Readonly<Record<string, unknown>>;
  /** The part that is signed. */
  signed: string;
  signature: Buffer;
};

/** Undefined when the text is no JSON Web Token. */
export function parseJwt(text: string): Jwt | undefined {
  const [header, payload, signature, ...rest] = text.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) return undefined;
  const [parsedHeader, parsedPayload] = [parsePart(header), parsePart(payload)];
  if (parsedHeader === undefined || parsedPayload === undefined) return undefined;
  return {
    header: parsedHeader,
    payload: parsedPayload,
    signed: `${header}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

function parsePart(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 7518: RS256 is PKCS #1 v1.5, PS256 is PSS with a salt as long as the hash. Other algorithms, `none` above all, are not known. */
const ALGORITHMS = ['RS256', 'PS256'] as const;

export function hasKnownAlgorithm({ header }: Jwt): boolean {
  return ALGORITHMS.some((name) => name === header.alg);
}

export function isSignedBy(jwt: Jwt, key: KeyObject): boolean {
  if (!hasKnownAlgorithm(jwt) || key.asymmetricKeyType !== 'rsa') return false;
  const padding =
    jwt.header.alg === 'PS256'
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : { padding: constants.RSA_PKCS1_PADDING };
  return verify('RSA-SHA256', Buffer.from(jwt.signed), { key, ...padding }, jwt.signature);
}

/** Clocks of client and server differ; Entra ID allows some minutes. [documented] */
const SKEW_SECONDS = 300;

/** Whether `nbf` and `exp` hold the time now. A token without an end is never valid. */
export function isInTime({ payload }: Jwt, nowMs: number): boolean {
  const now = nowMs / 1000;
  const start = typeof payload.nbf === 'number' ? payload.nbf : 0;
  return typeof payload.exp === 'number' && payload.exp + SKEW_SECONDS > now && start - SKEW_SECONDS < now;
}
