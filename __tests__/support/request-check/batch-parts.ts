/** Reads a batch as strictly as the documentation has it: CRLF throughout, also after the last boundary. */
import type { Complain } from './check-query.ts';
import type { SentRequest } from './check-request.ts';

export type Part = SentRequest & { isInChangeSet: boolean };

export function partsOfBatch({ headers, body }: SentRequest, complain: Complain): Part[] {
  if (/[^\r]\n/.test(body)) complain('a batch with a bare line feed');
  if (!body.endsWith('--\r\n')) complain('a batch without a line end after its last boundary');
  return piecesOf(headers['content-type'] ?? '', body, complain).flatMap((piece) => {
    const { head, rest } = cutHead(piece);
    if (!head['content-type']?.startsWith('multipart/mixed')) return [readPart({ head, rest }, false, complain)];
    const inside = piecesOf(head['content-type'], rest, complain).map(cutHead);
    const ids = inside.map((each) => each.head['content-id']);
    if (ids.includes(undefined) || new Set(ids).size !== ids.length) complain('Content-IDs of a change set');
    return inside.map((each) => readPart(each, true, complain));
  });
}

function piecesOf(contentType: string, body: string, complain: Complain): string[] {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1] ?? '';
  const [before = '', ...pieces] = `\r\n${body}`.split(`\r\n--${boundary}`);
  const last = pieces.pop();
  if (before !== '' || boundary === '' || last?.startsWith('--') !== true) complain('boundaries of a batch');
  return pieces.map((piece) => piece.replace(/^\r\n/, ''));
}

type Cut = { head: Record<string, string>; rest: string };

function cutHead(text: string): Cut {
  const end = text.indexOf('\r\n\r\n');
  const lines = (end < 0 ? text : text.slice(0, end)).split('\r\n');
  return { head: readHeaders(lines), rest: end < 0 ? '' : text.slice(end + 4) };
}

function readHeaders(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.filter(Boolean).map((line) => {
      const [name = '', ...value] = line.split(':');
      return [name.toLowerCase(), value.join(':').trim()];
    }),
  );
}

function readPart({ head, rest }: Cut, isInChangeSet: boolean, complain: Complain): Part {
  const { 'content-type': type, 'content-transfer-encoding': encoding } = head;
  if (type !== 'application/http' || encoding !== 'binary') complain(`a part of type ${type}, encoded ${encoding}`);
  const lineEnd = rest.indexOf('\r\n');
  const [, method = '', target = ''] = /^(\w+) (\S+) HTTP\/1\.1$/.exec(rest.slice(0, lineEnd)) ?? [];
  if (method === '') complain(`request line ${rest.slice(0, 60)}`);
  const afterLine = rest.slice(lineEnd + 2);
  const inner = afterLine.startsWith('\r\n') ? { head: {}, rest: afterLine.slice(2) } : cutHead(afterLine);
  return { method, target, headers: inner.head, body: inner.rest.trim(), isInChangeSet };
}
