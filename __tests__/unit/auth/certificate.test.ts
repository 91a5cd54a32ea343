import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CertificateFiles, loadCertificate } from '../../../src/auth/certificate.ts';

const DAY = 24 * 60 * 60 * 1000;

describe('loadCertificate', () => {
  /** Self-signed for 100 days, by `openssl req -x509 -newkey ec`; used nowhere else. */
  const read = (name: string) => ({
    certificate: readFileSync(join(__dirname, 'fixtures', `${name}.crt.pem`), 'utf8'),
    key: readFileSync(join(__dirname, 'fixtures', `${name}.key.pem`), 'utf8'),
  });

  const own = read('own');
  const issuer = read('issuer');
  const now = Date.parse(new X509Certificate(own.certificate).validFrom) + 1000;
  const load = (files: Partial<CertificateFiles>, time = now) =>
    loadCertificate({ certificatePem: own.certificate, path: '/app.pem', ...files }, time);

  it.each<[string, Partial<CertificateFiles>]>([
    ['one file', { certificatePem: own.certificate + own.key }],
    ['one file, key first', { certificatePem: own.key + own.certificate }],
    ['two files', { keyPem: own.key }],
    [
      'a chain whose first certificate is another',
      { certificatePem: issuer.certificate + own.certificate, keyPem: own.key },
    ],
  ])('reads %s', (_name, files) => {
    const { proof, daysLeft } = load(files);
    expect(proof.clientCertificate.thumbprintSha256).toBe(
      new X509Certificate(own.certificate).fingerprint256.replaceAll(':', ''),
    );
    expect(new X509Certificate(proof.clientCertificate.x5c).subject).toBe('CN=own');
    expect(proof.clientCertificate.privateKey).toContain('BEGIN PRIVATE KEY');
    expect(daysLeft).toBe(99);
  });

  it('opens an encrypted key with its passphrase', () => {
    const keyPem = createPrivateKey(own.key)
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' })
      .toString();
    expect(load({ keyPem, passphrase: 'open' }).daysLeft).toBe(99);
    expect(() => load({ keyPem })).toThrow(expect.objectContaining({ code: 'KEY_UNREADABLE' }));
    expect(() => load({ keyPem, passphrase: 'wrong' })).toThrow(expect.objectContaining({ code: 'KEY_UNREADABLE' }));
  });

  it.each<[string, Partial<CertificateFiles>, string]>([
    ['no certificate', { certificatePem: own.key }, 'CERTIFICATE_MISSING'],
    ['no key', {}, 'KEY_MISSING'],
    ['the key of another', { keyPem: issuer.key }, 'CERTIFICATE_MISMATCH'],
    ['a broken one', { certificatePem: own.certificate.replace(/M/, '*'), keyPem: own.key }, 'CERTIFICATE_BROKEN'],
  ])('refuses %s', (_name, files, code) => {
    expect(() => load(files)).toThrow(expect.objectContaining({ code, category: 'authentication' }));
  });

  it.each([
    ['after its end', 101 * DAY, 'CERTIFICATE_EXPIRED'],
    ['before its time', -2 * DAY, 'CERTIFICATE_NOT_YET_VALID'],
  ])('refuses one %s', (_name, offset, code) => {
    expect(() => load({ keyPem: own.key }, now + offset)).toThrow(expect.objectContaining({ code }));
  });

  it('counts the days that are left', () => {
    expect(load({ keyPem: own.key }, now + 80 * DAY).daysLeft).toBe(19);
  });
});
