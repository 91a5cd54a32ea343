/** What this identity provider gave out: codes, redeemed once, and tokens. They live in the process of the test. */
import { createHash, randomInt, randomUUID } from 'node:crypto';
import { ORGANIZATION } from '../../../src/emulator/organization/organization.ts';
import type { Person } from './directory.ts';
import { refusal } from './refusal.ts';

type DeviceCode = { userCode: string; applicationId: string; decision?: Person | 'deny' };

/** With PKCE (RFC 7636): the challenge is the SHA-256 of the client's verifier, base64url. */
type Authorization = { applicationId: string; redirectUri: string; codeChallenge: string; person: Person };

export type Token = {
  /** `access` opens the Web API, `refresh` gets further tokens; neither passes for the other. */
  use: 'access' | 'refresh';
  applicationId: string;
  expiresAtMs: number;
  /** Absent: for the application itself. */
  person?: Person;
  isRevoked?: true;
};

/** No vowels: codes must not spell words. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';

export function openGrants(nowMs: () => number) {
  const deviceCodes = new Map<string, DeviceCode>();
  const authorizations = new Map<string, Authorization>();
  const tokens = new Map<string, Token>();
  return {
    /** RFC 8628: asked for by a client, typed by a person, polled for until then. */
    issueDeviceCode(applicationId: string) {
      const userCode = Array.from({ length: 9 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
      const deviceCode = randomUUID();
      deviceCodes.set(deviceCode, { userCode, applicationId });
      return { deviceCode, userCode };
    },
    decideDeviceCode(userCode: string, decision: Person | 'deny'): void {
      const found = [...deviceCodes.values()].find((code) => code.userCode === userCode);
      if (found === undefined) throw new Error('no such device code');
      found.decision = decision;
    },
    redeemDeviceCode(form: URLSearchParams, applicationId: string): Person {
      const deviceCode = form.get('device_code') ?? '';
      const code = deviceCodes.get(deviceCode);
      if (code?.applicationId !== applicationId)
        throw refusal('bad_verification_code', 70019, 'The verification code is not known.');
      if (code.decision === undefined)
        throw refusal('authorization_pending', 70016, 'OAuth 2.0 device flow error. Authorization is pending.');
      deviceCodes.delete(deviceCode);
      if (code.decision !== 'deny') return code.decision;
      throw refusal('authorization_declined', 70018, 'The end user denied the authorization request.');
    },

    issueAuthorization(authorization: Authorization): string {
      const code = randomUUID();
      authorizations.set(code, authorization);
      return code;
    },
    redeemAuthorization(form: URLSearchParams, applicationId: string): Person {
      const code = form.get('code') ?? '';
      const found = authorizations.get(code);
      authorizations.delete(code);
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      const isRight = found?.applicationId === applicationId && found.redirectUri === form.get('redirect_uri');
      if (isRight && challenge === found.codeChallenge) return found.person;
      throw refusal('invalid_grant', 9002313, 'Invalid request. Request is malformed or invalid.');
    },

    issueToken(content: Token): string {
      const token = randomUUID();
      tokens.set(token, content);
      return token;
    },
    /** Undefined when it was not issued for this use, or has ended. */
    readToken(token: string, use: Token['use']): Token | undefined {
      const found = tokens.get(token);
      return found?.use === use && found.expiresAtMs > nowMs() ? found : undefined;
    },
    /** As when a password is changed. */
    revokeRefreshTokens(): void {
      for (const token of tokens.values()) if (token.use === 'refresh') token.isRevoked = true;
    },
  };
}

export type Grants = ReturnType<typeof openGrants>;

const ID_TOKEN_SECONDS = 3600;

/** The id token that tells a client who signed in. Differs: it is not signed; a client that has it from the token endpoint need not check. */
export function idToken(person: Person, facts: { applicationId: string; issuer: string; nowMs: number }): string {
  const iat = Math.floor(facts.nowMs / 1000);
  const { objectId: sub, userName: name } = person;
  const times = { iat, nbf: iat, exp: iat + ID_TOKEN_SECONDS };
  const who = { oid: sub, sub, tid: ORGANIZATION.tenantId, name, preferred_username: name };
  const claims = { aud: facts.applicationId, iss: facts.issuer, ...times, ...who, ver: '2.0' };
  return `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.unsigned`;
}

/** Which account a token belongs to, as msal keeps it: base64url of `{"uid":…,"utid":…}`. [field] */
export function clientInfo({ objectId }: Person): string {
  return encode({ uid: objectId, utid: ORGANIZATION.tenantId });
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
