/** How an application proves who it is: secret, assertion signed by its certificate, or a token of somebody it trusts. */
import { constants, createHash, createPublicKey, type KeyObject, verify, X509Certificate } from 'node:crypto';
import type { Application, FederatedCredential } from './directory.ts';
import { refusal } from './refusal.ts';

export type ProofKind = 'secret' | 'certificate' | 'federated' | 'none';

type ProofContext = {
  application: Application;
  form: URLSearchParams;
  nowMs: number;
  /** Addresses of this endpoint: what an assertion of the application's own must be made for. */
  audiences: readonly string[];
};

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Says which proof was given. Throws EntraRefusal. */
export function checkProof(context: ProofContext): ProofKind {
  const { application, form } = context;
  const [secret, assertion] = [form.get('client_secret'), form.get('client_assertion')];
  if (application.isPublic) {
    if (secret === null && assertion === null) return 'none';
    throw refusal(
      'invalid_client',
      700025,
      "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
    );
  }
  if (assertion !== null) return checkAssertion(context, assertion);
  if (secret !== null) return checkSecret(context, secret);
  throw refusal(
    'invalid_client',
    7000218,
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  );
}

function checkSecret({ application, nowMs }: ProofContext, given: string): ProofKind {
  const known = application.secrets.find(({ value }) => value === given);
  if (known === undefined) {
    throw refusal(
      'invalid_client',
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${application.id}'.`,
    );
  }
  if ((known.expiresAtMs ?? Number.POSITIVE_INFINITY) > nowMs) return 'secret';
  throw refusal(
    'invalid_client',
    7000222,
    `The provided client secret keys for app '${application.id}' are expired. Visit the Azure portal to create new keys for your app.`,
  );
}

function checkAssertion(context: ProofContext, text: string): ProofKind {
  const { application, form, nowMs } = context;
  const jwt = form.get('client_assertion_type') === JWT_BEARER ? parseJwt(text) : undefined;
  if (jwt === undefined) throw refusal('invalid_client', 50027, 'JWT token is invalid or malformed.');
  if (!hasKnownAlgorithm(jwt)) {
    throw refusal('invalid_client', 5002738, "Invalid JWT token. The algorithm is not 'RS256' or 'PS256'.");
  }
  if (jwt.payload.iss !== application.id) return checkFederated(context, jwt);
  checkCertificate(context, jwt);
  if (!isInTime(jwt, nowMs)) throw outOfTime();
  return 'certificate';
}

function outOfTime() {
  return refusal('invalid_client', 700024, 'Client assertion is not within its valid time range.');
}

function checkCertificate({ application, audiences, nowMs }: ProofContext, jwt: Jwt): void {
  const certificate = application.certificates
    .map((pem) => new X509Certificate(pem))
    .find((known) => isNamedBy(jwt, known));
  if (certificate === undefined) throw badSignature('The key was not found.');
  if (!isSignedBy(jwt, certificate.publicKey)) {
    throw badSignature('The provided signature value did not match the expected signature value.');
  }
  if (Date.parse(certificate.validTo) < nowMs) throw badSignature('The key used is expired.');
  if (jwt.payload.sub !== application.id) {
    throw refusal(
      'invalid_client',
      700021,
      "Client assertion application identifier doesn't match 'client_id' parameter.",
    );
  }
  if (audiences.some((audience) => audience === jwt.payload.aud)) return;
  throw refusal('invalid_client', 700023, 'Client assertion audience claim does not match Realm issuer.');
}

function badSignature(reason: string) {
  return refusal('invalid_client', 700027, `Client assertion failed signature validation. [Reason - ${reason}]`);
}

/** By x5t#S256, or x5t of older libraries (SHA-1). RFC 7515 §4.1.7 and 8. */
function isNamedBy({ header }: Jwt, certificate: X509Certificate): boolean {
  const thumbprint = (algorithm: string) => createHash(algorithm).update(certificate.raw).digest('base64url');
  return header['x5t#S256'] === thumbprint('sha256') || header.x5t === thumbprint('sha1');
}

function checkFederated({ application, nowMs }: ProofContext, jwt: Jwt): ProofKind {
  const trusted = findTrust(application.federated, jwt);
  if (!isSignedBy(jwt, createPublicKey(trusted.publicKey))) {
    throw badSignature('The provided signature value did not match the expected signature value.');
  }
  if (!isInTime(jwt, nowMs)) throw outOfTime();
  return 'federated';
}

function findTrust(credentials: readonly FederatedCredential[], { payload }: Jwt): FederatedCredential {
  const byIssuer = credentials.filter(({ issuer }) => issuer === payload.iss);
  if (byIssuer.length === 0) throw noTrust(700211, 'issuer', payload.iss);
  const bySubject = byIssuer.filter(({ subject }) => subject === payload.sub);
  if (bySubject.length === 0) throw noTrust(700213, 'subject', payload.sub);
  const audiences: readonly unknown[] = Array.isArray(payload.aud) ? payload.aud : [payload.aud];
  const found = bySubject.find(({ audience }) => audiences.includes(audience));
  if (found === undefined) throw noTrust(700212, 'audience', payload.aud);
  return found;
}

function noTrust(code: number, claim: string, value: unknown) {
  return refusal(
    'invalid_client',
    code,
    `No matching federated identity record found for presented assertion ${claim} '${String(value)}'.`,
  );
}

/** JSON Web Tokens that others signed: taken apart, and their signatures really verified. */
type Jwt = {
  header: Readonly<Record<string, unknown>>;
  payload: Readonly<Record<string, unknown>>;
  /** The part that is signed. */
  signed: string;
  signature: Buffer;
};

/** Undefined when the text is no JSON Web Token. */
function parseJwt(text: string): Jwt | undefined {
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

function hasKnownAlgorithm({ header }: Jwt): boolean {
  return ALGORITHMS.some((name) => name === header.alg);
}

function isSignedBy(jwt: Jwt, key: KeyObject): boolean {
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
function isInTime({ payload }: Jwt, nowMs: number): boolean {
  const now = nowMs / 1000;
  const start = typeof payload.nbf === 'number' ? payload.nbf : 0;
  return typeof payload.exp === 'number' && payload.exp + SKEW_SECONDS > now && start - SKEW_SECONDS < now;
}
