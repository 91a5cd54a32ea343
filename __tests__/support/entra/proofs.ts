/** How an application proves who it is: secret, assertion signed by its certificate, or a token of somebody it trusts. Signatures are verified. */
import { constants, createHash, createPublicKey, type KeyObject, verify, X509Certificate } from 'node:crypto';
import type { Application } from './directory.ts';
import { type EntraRefusal, refusal } from './refusal.ts';

export type Proof = 'secret' | 'certificate' | 'federated' | 'none';

type ProofContext = {
  application: Application;
  form: URLSearchParams;
  nowMs: number;
  /** Addresses of this endpoint: what an assertion of the application's own must be made for. */
  audiences: readonly unknown[];
};

/** Says which proof was given. Throws EntraRefusal. */
export function checkProof(context: ProofContext): Proof {
  const { application, form } = context;
  const [secret, assertion] = [form.get('client_secret'), form.get('client_assertion')];
  if (application.isPublic) return 'none';
  if (assertion !== null) return checkAssertion(context, parseJwt(assertion));
  if (application.secrets.some(({ value }) => value === secret)) return 'secret';
  if (secret !== null) throw refused(7000215, 'Invalid client secret provided.');
  const parameters = "'client_assertion' or 'client_secret'";
  throw refused(7000218, `The request body must contain the following parameter: ${parameters}.`);
}

function refused(code: number, text: string): EntraRefusal {
  return refusal('invalid_client', code, text);
}

function checkAssertion({ application, nowMs, audiences }: ProofContext, jwt: Jwt): Proof {
  const { iss, sub, aud, exp } = jwt.payload;
  const isOwn = iss === application.id;
  if (!isSignedBy(jwt, isOwn ? ownKey(application, jwt) : trustedKey(application, jwt)))
    throw refused(700027, 'Client assertion failed signature validation.');
  if (isOwn && (sub !== application.id || !audiences.includes(aud)))
    throw refused(700023, 'Client assertion audience claim does not match Realm issuer.');
  if (typeof exp !== 'number' || exp * 1000 <= nowMs)
    throw refused(700024, 'Client assertion is not within its valid time range.');
  return isOwn ? 'certificate' : 'federated';
}

/** Of the certificate that the header names. RFC 7515 §4.1.8. */
function ownKey({ certificates }: Application, { header }: Jwt): KeyObject {
  const certificate = certificates
    .map((pem) => new X509Certificate(pem))
    .find(({ raw }) => header['x5t#S256'] === createHash('sha256').update(raw).digest('base64url'));
  if (certificate === undefined) throw refused(700027, 'Client assertion failed signature validation: key not found.');
  return certificate.publicKey;
}

function trustedKey({ federated }: Application, { payload }: Jwt): KeyObject {
  const noTrust = (code: number, claim: string) =>
    refused(code, `No matching federated identity record found for presented assertion ${claim}.`);
  const bySubject = federated.filter(({ issuer, subject }) => issuer === payload.iss && subject === payload.sub);
  const found = bySubject.find(({ audience }) => [payload.aud].flat().includes(audience));
  if (found !== undefined) return createPublicKey(found.publicKey);
  if (bySubject.length > 0) throw noTrust(700212, 'audience');
  throw federated.some(({ issuer }) => issuer === payload.iss) ? noTrust(700213, 'subject') : noTrust(700211, 'issuer');
}

type Jwt = {
  header: Readonly<Record<string, unknown>>;
  payload: Readonly<Record<string, unknown>>;
  /** The part that is signed. */
  signed: string;
  signature: Buffer;
};

function parseJwt(text: string): Jwt {
  const [header = '', payload = '', signature = ''] = text.split('.');
  const part = (encoded: string) => JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
  try {
    const signed = `${header}.${payload}`;
    return { header: part(header), payload: part(payload), signed, signature: Buffer.from(signature, 'base64url') };
  } catch {
    throw refused(50027, 'JWT token is invalid or malformed.');
  }
}

/** RFC 7518: RS256 is PKCS #1 v1.5, PS256 is PSS with a salt as long as the hash. */
const PADDINGS: Readonly<Record<string, { padding: number; saltLength?: number }>> = {
  RS256: { padding: constants.RSA_PKCS1_PADDING },
  PS256: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
};

function isSignedBy({ header, signed, signature }: Jwt, key: KeyObject): boolean {
  const padding = PADDINGS[String(header.alg)];
  return padding !== undefined && verify('RSA-SHA256', Buffer.from(signed), { key, ...padding }, signature);
}
