/** Requests that show how a service speaks, in forms that nothing else here sends. None of them changes anything. */
import type { HttpRequest } from '../transport/http.ts';
import { type Endpoint, unreadable } from './exchange.ts';
import { API_ROOT } from './limits.ts';
import type { ProtocolAnswer, ProtocolQuestion } from './operation.ts';
import { operationHeaders } from './requests.ts';

/** Repeated like a read. A refusal is an answer. */
export async function askProtocol(
  { transport, origin }: Pick<Endpoint, 'transport' | 'origin'>,
  question: ProtocolQuestion,
): Promise<ProtocolAnswer> {
  const { path, headers, body }: Form = FORMS[question];
  const request: HttpRequest = {
    method: body === undefined ? 'GET' : 'POST',
    url: `${origin}${API_ROOT}${path}`,
    headers,
    body,
    repeatable: true,
    operation: body === undefined ? `GET ${path}` : '$batch (reads)',
  };
  const waitForRetry = transport.startAttempts(request.operation);
  for (;;) {
    const answer = await transport.send(request).catch((error: unknown) => {
      throw unreadable(error);
    });
    // For the other questions the status is enough.
    const isCutOff = question === 'metadata' && answer.status === 200 && !END_OF_CSDL.test(answer.body.slice(-200));
    if (!isCutOff) return { status: answer.status, body: answer.body };
    await waitForRetry({ kind: 'unclear' }, new Error('the description of the service is incomplete'));
  }
}

const END_OF_CSDL = /<\/(?:\w+:)?Edmx>\s*$/;

type Form = { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body?: string };

const STANDARD_HEADERS = operationHeaders({ method: 'POST', path: '' });
const BOUNDARY = 'dyncamp_question';
/** No row has it: reading it gives 404. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

const FORMS = {
  metadata: { path: '$metadata', headers: { ...STANDARD_HEADERS, accept: 'application/xml' } },
  'no-version': { path: 'WhoAmI', headers: { accept: 'application/json' } },
  'line-feeds': batchOf('WhoAmI', '\n'),
  'failing-batch': batchOf(`systemusers(${NOBODY})`, '\r\n'),
} as const satisfies Record<ProtocolQuestion, Form>;

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
  const headers = { ...STANDARD_HEADERS, 'content-type': `multipart/mixed; boundary="${BOUNDARY}"` };
  return { path: '$batch', headers, body: lines.join(lineEnd) };
}
