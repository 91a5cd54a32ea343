/** Authorization codes with PKCE (RFC 7636): given to the browser, redeemed once by the client that has the verifier. */
import { createHash, randomUUID } from 'node:crypto';
import type { Person } from './directory.ts';
import { refusal } from './refusal.ts';

type Authorization = {
  applicationId: string;
  redirectUri: string;
  /** SHA-256 of the verifier, base64url. */
  codeChallenge: string;
  person: Person;
};

export type AuthorizationCodes = {
  issue(authorization: Authorization): string;
  /** Throws EntraRefusal. */
  redeem(form: URLSearchParams, applicationId: string): Person;
};

const LIFETIME_MS = 10 * 60_000;

type Issued = Authorization & { expiresAtMs: number; isRedeemed: boolean };

export function openAuthorizationCodes(nowMs: () => number): AuthorizationCodes {
  const issued = new Map<string, Issued>();
  return {
    issue(authorization) {
      const code = randomUUID();
      issued.set(code, { ...authorization, expiresAtMs: nowMs() + LIFETIME_MS, isRedeemed: false });
      return code;
    },
    redeem(form, applicationId) {
      const found = issued.get(form.get('code') ?? '');
      if (found === undefined || found.applicationId !== applicationId) {
        throw refusal('invalid_grant', 9002313, 'Invalid request. Request is malformed or invalid.');
      }
      checkIssued(found, form, nowMs());
      found.isRedeemed = true;
      if (challengeOf(form.get('code_verifier') ?? '') === found.codeChallenge) return found.person;
      throw refusal('invalid_grant', 501481, 'The Code_Verifier does not match the code_challenge.');
    },
  };
}

function checkIssued(found: Issued, form: URLSearchParams, nowMs: number): void {
  if (found.isRedeemed) {
    throw refusal('invalid_grant', 54005, 'OAuth2 Authorization code was already redeemed.');
  }
  if (found.expiresAtMs <= nowMs) {
    throw refusal('invalid_grant', 70008, 'The provided authorization code has expired.');
  }
  if (found.redirectUri !== form.get('redirect_uri')) {
    throw refusal('invalid_grant', 50011, 'The redirect URI does not match that of the authorization request.');
  }
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
