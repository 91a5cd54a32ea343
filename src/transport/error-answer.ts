/** What the server itself says in an answer that is an error: its words, its code, the request id. */
import { isJsonObject, type JsonObject, parseJson, textOf } from '../json.ts';
import type { HttpResponse } from './http.ts';

export type ErrorAnswer = {
  readonly status: number;
  /** `0x80040217`, lower case; undefined where the code is empty or says nothing. */
  readonly dataverseCode: string | undefined;
  /** On one line, cut to a readable length; undefined where the body has no text of its own. */
  readonly message: string | undefined;
  readonly requestId: string | undefined;
};

const LONGEST_MESSAGE = 600;

export function errorAnswer({ status, headers, body }: HttpResponse): ErrorAnswer {
  const { code, message } = errorIn(body);
  const text = cleanMessage(textOf(message));
  return {
    status,
    dataverseCode: normalCode(textOf(code)),
    message: text === '' ? undefined : text,
    requestId: requestIdOf(headers),
  };
}

/** What stands under `error`, or the body itself. */
function errorIn(body: string): JsonObject {
  const parsed = body.trimStart().startsWith('{') ? parseJson(body) : undefined;
  const error = isJsonObject(parsed) ? (parsed.error ?? parsed) : undefined;
  return isJsonObject(error) ? error : {};
}

/** `0x80040217` in any case, with or without 0x. The empty code and 0x0 carry no meaning and become undefined. */
function normalCode(code: string): string | undefined {
  const digits = /^(?:0x)?([0-9a-f]{8})$/i.exec(code.trim())?.[1];
  return digits === undefined ? undefined : `0x${digits.toLowerCase()}`;
}

/** One line without control characters and stack traces. */
function cleanMessage(message: string): string {
  const [beforeTrace = ''] = message.split(/\r?\n\s*at |\r?\n-{3,}/);
  const line = beforeTrace.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line;
}

/** The first GUID of REQ_ID or x-ms-service-request-id: both may hold two, joined by a comma. */
export function requestIdOf(headers: HttpResponse['headers']): string | undefined {
  const text = headers.req_id ?? headers['x-ms-service-request-id'] ?? '';
  return /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(text)?.[0].toLowerCase();
}
