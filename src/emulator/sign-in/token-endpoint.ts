/** The emulator's own `/<tenant>/oauth2/v2.0/token`: client credentials with a secret. Errors as Entra words them. [inferred] */
import { randomUUID } from 'node:crypto';
import { APPLICATION_ID } from '../organization.ts';
import { MARKETO_APPLICATION_ID } from '../seed/organization/users.ts';
import type { WireAnswer, WireRequest } from '../wire.ts';
import { issueToken } from './tokens.ts';

export const CLIENT_SECRET = 'dyncamp-emulator-secret';
/** Registered in the tenant, but no application user of the organization: signs in, then gets 403. */
export const STRANGER_APPLICATION_ID = '57a46e40-0000-4000-8000-000000000001';

const APPLICATIONS: readonly string[] = [APPLICATION_ID, MARKETO_APPLICATION_ID, STRANGER_APPLICATION_ID];

export const TOKEN_PATH = /^\/([^/]+)\/oauth2\/v2\.0\/token$/;

export type TokenEndpoint = (request: WireRequest) => WireAnswer;

export function tokenEndpoint(options: { nowMs: () => number; lifetimeSeconds: number }): TokenEndpoint {
  return (request) => {
    const form = new URLSearchParams(request.body);
    const refusal = refuse(form);
    if (refusal !== undefined) return refusal;
    const applicationId = form.get('client_id')?.toLowerCase() ?? '';
    const expiresAtMs = options.nowMs() + options.lifetimeSeconds * 1000;
    return json(200, {
      token_type: 'Bearer',
      expires_in: options.lifetimeSeconds,
      ext_expires_in: options.lifetimeSeconds,
      access_token: issueToken({ applicationId, expiresAtMs }),
    });
  };
}

function refuse(form: URLSearchParams): WireAnswer | undefined {
  const clientId = form.get('client_id')?.toLowerCase() ?? '';
  if (form.get('grant_type') !== 'client_credentials') {
    return failure(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
  }
  if (!APPLICATIONS.includes(clientId)) {
    return failure(
      400,
      'unauthorized_client',
      700016,
      `Application with identifier '${clientId}' was not found in the directory.`,
    );
  }
  if (form.get('client_secret') !== CLIENT_SECRET) {
    return failure(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
  }
  if (!form.get('scope')?.endsWith('/.default')) {
    return failure(400, 'invalid_scope', 1002012, 'The provided value for scope is not valid.');
  }
  return undefined;
}

function failure(status: number, error: string, code: number, text: string): WireAnswer {
  return json(status, {
    error,
    error_description: `AADSTS${code}: ${text}`,
    error_codes: [code],
    trace_id: randomUUID(),
    correlation_id: randomUUID(),
  });
}

function json(status: number, body: unknown): WireAnswer {
  return { status, headers: { 'Content-Type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}
