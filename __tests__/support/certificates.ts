/** X.509 certificates for tests, with any validity, made without a tool: DER by hand (RFC 5280), signed by Node. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export type CertificateOptions = {
  readonly name: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Host names for which a server may show it. */
  readonly hosts?: readonly string[];
};

export type MadeCertificate = {
  readonly certificatePem: string;
  /** PKCS #8, not encrypted. */
  readonly keyPem: string;
  readonly privateKey: KeyObject;
  /** The private key, encrypted. */
  encryptedKeyPem(passphrase: string): string;
};

const DAY_MS = 24 * 60 * 60 * 1000;

export function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}

/** Signed by itself. Default: valid since yesterday, for a year. */
export function makeCertificate(options: CertificateOptions): MadeCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const name = sequence(set(sequence(oid(COMMON_NAME), der(0x0c, Buffer.from(options.name)))));
  const algorithm = sequence(oid(SHA256_WITH_RSA), der(0x05));
  const content = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.from([1])),
    algorithm,
    name,
    sequence(time(options.notBefore ?? daysFromNow(-1)), time(options.notAfter ?? daysFromNow(365))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions(options.hosts ?? []))),
  );
  const signature = sign('RSA-SHA256', content, privateKey);
  const certificate = sequence(content, algorithm, der(0x03, Buffer.from([0]), signature));
  return {
    certificatePem: pem('CERTIFICATE', certificate),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    privateKey,
    encryptedKeyPem: (passphrase) =>
      privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString(),
  };
}

const COMMON_NAME = '550403';
const SHA256_WITH_RSA = '2a864886f70d01010b';
const SUBJECT_ALT_NAME = '551d11';
const BASIC_CONSTRAINTS = '551d13';
const TRUE = der(0x01, Buffer.from([0xff]));

function extensions(hosts: readonly string[]): readonly Buffer[] {
  const authority = sequence(oid(BASIC_CONSTRAINTS), TRUE, der(0x04, sequence(TRUE)));
  if (hosts.length === 0) return [authority];
  const names = sequence(...hosts.map((host) => der(0x82, Buffer.from(host))));
  return [authority, sequence(oid(SUBJECT_ALT_NAME), der(0x04, names))];
}

function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const short = Buffer.from([tag, body.length]);
  if (body.length < 0x80) return Buffer.concat([short, body]);
  const length = Buffer.from(body.length.toString(16).padStart(body.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 + length.length]), length, body]);
}

function sequence(...content: readonly Buffer[]): Buffer {
  return der(0x30, ...content);
}

function set(...content: readonly Buffer[]): Buffer {
  return der(0x31, ...content);
}

function integer(value: Buffer): Buffer {
  return der(0x02, value);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

/** GeneralizedTime. */
function time(date: Date): Buffer {
  return der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
