/** Requests that show how a service speaks, in forms that nothing else here sends. None of them changes anything. */
import type { HttpRequest } from '../transport/http.ts';
import { protocolAnswerProblem } from './classify.ts';
import { type Endpoint, unreadable } from './exchange.ts';
import { API_ROOT } from './limits.ts';
import type { ProtocolAnswer, ProtocolQuestion } from './operation.ts';
import { operationHeaders } from './requests.ts';

/** No row has it: reading it gives 404. */
const NOBODY = '00000000-0000-0000-0000-000000000000';
const BOUNDARY = 'dyncamp_question';

/** Repeated like a read. A refusal is an answer. */
export async function askProtocol(
  endpoint: Endpoint,
  question: ProtocolQuestion,
  signal?: AbortSignal,
): Promise<ProtocolAnswer> {
  const { transport, origin } = endpoint;
  const request = protocolRequest(origin, question);
  const attempts = transport.startAttempts(request.operation);
  for (;;) {
    const { status, body } = await transport.send(request, signal).catch((error: unknown) => {
      throw unreadable(error);
    });
    const problem = protocolAnswerProblem(question, { status, body });
    if (problem === undefined) return { status, body };
    await attempts.again({ kind: 'unclear' }, new Error(problem), signal);
  }
}

function protocolRequest(origin: string, question: ProtocolQuestion): HttpRequest {
  const request: Form = FORMS[question]();
  const { path, headers, body } = request;
  return {
    method: body === undefined ? 'GET' : 'POST',
    url: `${origin}${API_ROOT}${path}`,
    headers,
    body,
    repeatable: true,
    operation: body === undefined ? `GET ${path}` : '$batch (reads)',
  };
}

type Form = { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body?: string };

const FORMS = {
  metadata: () => ({ path: '$metadata', headers: { ...standardHeaders(), accept: 'application/xml' } }),
  'no-version': () => ({ path: 'WhoAmI', headers: { accept: 'application/json' } }),
  'line-feeds': () => batchOf('WhoAmI', '\n'),
  'failing-batch': () => batchOf(`systemusers(${NOBODY})`, '\r\n'),
} as const satisfies Record<ProtocolQuestion, () => Form>;

const standardHeaders = () => operationHeaders({ method: 'POST', path: '' });

function batchOf(path: string, lineEnd: '\n' | '\r\n'): Form {
  const lines = [
    `--${BOUNDARY}`,
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    '',
    `GET ${API_ROOT}${path} HTTP/1.1`,
    'Accept: application/json',
    '',
    '',
    `--${BOUNDARY}--`,
    '',
  ];
  const headers = { ...standardHeaders(), 'content-type': `multipart/mixed; boundary="${BOUNDARY}"` };
  return { path: '$batch', headers, body: lines.join(lineEnd) };
}
