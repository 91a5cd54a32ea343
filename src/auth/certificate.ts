/** Loads an application's certificate from PEM texts, in msal's format. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { AuthenticationError } from '../errors.ts';

export type CertificateFiles = {
  /** PEM text with the certificate, perhaps with its chain and the key. */
  readonly certificatePem: string;
  /** PEM text with the key, when it is in a file of its own. */
  readonly keyPem?: string | undefined;
  readonly passphrase?: string | undefined;
  /** The certificate's file, for messages. */
  readonly path: string;
};

const DAY_MS = 24 * 60 * 60 * 1000;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----[\s\S]+?-----END (?:[A-Z]+ )?PRIVATE KEY-----/;

/** Throws AuthenticationError when there is no certificate or key, when they do not belong together, or when it is not valid now. */
export function loadCertificate(files: CertificateFiles, now: number) {
  const key = privateKey(files);
  const chain = files.certificatePem.match(CERTIFICATE) ?? [];
  // The file may hold the chain in any order: the one that fits the key is ours.
  const own = chain
    .map((pem) => parseCertificate(pem, files.path))
    .find((certificate) => certificate.checkPrivateKey(key));
  if (chain.length === 0) throw unusable(files.path, 'CERTIFICATE_MISSING', 'it has no PEM certificate');
  if (own === undefined) throw unusable(files.path, 'CERTIFICATE_MISMATCH', 'the private key does not belong to it');
  const daysLeft = Math.floor((Date.parse(own.validTo) - now) / DAY_MS);
  if (daysLeft < 0) throw unusable(files.path, 'CERTIFICATE_EXPIRED', `it expired on ${isoDay(own.validTo)}`);
  if (Date.parse(own.validFrom) > now) {
    throw unusable(files.path, 'CERTIFICATE_NOT_YET_VALID', `it is valid from ${isoDay(own.validFrom)}`);
  }
  const others = chain.filter((pem) => new X509Certificate(pem).fingerprint256 !== own.fingerprint256);
  return {
    proof: {
      clientCertificate: {
        thumbprintSha256: own.fingerprint256.replaceAll(':', ''),
        privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
        x5c: [own.toString(), ...others].join('\n'),
      },
    },
    daysLeft,
  };
}

function privateKey({ certificatePem, keyPem, passphrase, path }: CertificateFiles): KeyObject {
  const pem = PRIVATE_KEY.exec(keyPem ?? certificatePem)?.[0];
  if (pem === undefined) {
    throw unusable(path, 'KEY_MISSING', 'no PEM private key was found for it');
  }
  try {
    return createPrivateKey(passphrase === undefined ? { key: pem } : { key: pem, passphrase });
  } catch {
    // Without the cause: OpenSSL's texts may quote the key.
    const why =
      passphrase === undefined
        ? 'its private key is encrypted or broken'
        : 'the passphrase does not open its private key';
    throw unusable(path, 'KEY_UNREADABLE', why);
  }
}

function parseCertificate(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw unusable(path, 'CERTIFICATE_BROKEN', 'its certificate cannot be read');
  }
}

function isoDay(date: string): string {
  return new Date(date).toISOString().slice(0, 10);
}

const HINTS: Readonly<Record<string, string>> = {
  CERTIFICATE_EXPIRED:
    'Make a new one, upload it (Microsoft Entra admin center > App registrations > your app > Certificates & secrets) and put it in place.',
  KEY_UNREADABLE:
    'Set AZURE_CLIENT_CERTIFICATE_PASSWORD (or …_FILE); for a profile give --passphrase-env or --passphrase-file to `dyncamp profiles add --replace`.',
};

function unusable(path: string, code: string, why: string): AuthenticationError {
  return new AuthenticationError(code, `Could not sign in with the certificate ${path}: ${why}.`, {
    hint: HINTS[code] ?? 'Give a PEM file with the certificate and its private key (or the key in a separate file).',
  });
}
