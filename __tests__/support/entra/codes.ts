/** Device codes of one process: asked for by a client, typed by a person, polled for until then. RFC 8628. */
import { createHash, randomInt, randomUUID } from 'node:crypto';
import type { Person } from './directory.ts';
import { refusal } from './refusal.ts';

export type DeviceCodes = {
  issue(applicationId: string): { deviceCode: string; userCode: string; expiresInSeconds: number };
  /** False when there is no such code, or no longer. */
  decide(userCode: string, decision: Person | 'deny'): boolean;
  /** Gives the person once, throws EntraRefusal otherwise. */
  redeem(deviceCode: string, applicationId: string): Person;
};

/** As Entra ID's. [documented: "OAuth 2.0 device authorization grant"] */
const LIFETIME_SECONDS = 900;
/** No vowels: codes must not spell words. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';

type IssuedDeviceCode = { userCode: string; applicationId: string; expiresAtMs: number; decision?: Person | 'deny' };

export function openDeviceCodes(nowMs: () => number): DeviceCodes {
  const issued = new Map<string, IssuedDeviceCode>();
  return {
    issue(applicationId) {
      const [deviceCode, userCode] = [randomUUID(), newUserCode()];
      const expiresAtMs = nowMs() + LIFETIME_SECONDS * 1000;
      issued.set(deviceCode, { userCode, applicationId, expiresAtMs });
      return { deviceCode, userCode, expiresInSeconds: LIFETIME_SECONDS };
    },
    decide(userCode, decision) {
      const typed = userCode.trim().toUpperCase();
      const found = [...issued.values()].find((code) => code.userCode === typed && code.expiresAtMs > nowMs());
      if (found === undefined) return false;
      found.decision = decision;
      return true;
    },
    redeem(deviceCode, applicationId) {
      const code = issued.get(deviceCode);
      if (code === undefined || code.applicationId !== applicationId) {
        throw refusal('bad_verification_code', 70019, 'The verification code is not known.');
      }
      if (code.expiresAtMs <= nowMs()) {
        throw refusal('expired_token', 70020, 'The provided value for the device code has expired.');
      }
      if (code.decision === undefined)
        throw refusal('authorization_pending', 70016, 'OAuth 2.0 device flow error. Authorization is pending.');
      issued.delete(deviceCode);
      if (code.decision !== 'deny') return code.decision;
      throw refusal('authorization_declined', 70018, 'The end user denied the authorization request.');
    },
  };
}

function newUserCode(): string {
  return Array.from({ length: 9 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/** Authorization codes with PKCE (RFC 7636): given to the browser, redeemed once by the client that has the verifier. */
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

type IssuedCode = Authorization & { expiresAtMs: number; isRedeemed: boolean };

export function openAuthorizationCodes(nowMs: () => number): AuthorizationCodes {
  const issued = new Map<string, IssuedCode>();
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

function checkIssued(found: IssuedCode, form: URLSearchParams, nowMs: number): void {
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
