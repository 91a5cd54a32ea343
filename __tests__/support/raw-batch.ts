/** Batches written and read by hand, for contract tests: neither the client's code nor the emulator's. */
import type { Api, Json, TestAnswer } from './emulator.ts';

export type BatchPart = { kind: 'part'; method: string; url: string; body?: unknown; contentId?: string };
export type ChangeSet = { kind: 'set'; parts: readonly BatchPart[] };

export function part(method: string, path: string, body?: unknown, contentId?: string): BatchPart {
  const url = path.startsWith('$') && path !== '$batch' ? path : `/api/data/v9.2/${path}`;
  return {
    kind: 'part',
    method,
    url,
    ...(body === undefined ? {} : { body }),
    ...(contentId === undefined ? {} : { contentId }),
  };
}

export function changeSet(...inside: BatchPart[]): ChangeSet {
  return { kind: 'set', parts: inside };
}

type RawBatch = { boundary: string; body: string };

export function batchOf(items: readonly (BatchPart | ChangeSet)[]): RawBatch {
  const boundary = 'batch_test';
  return {
    boundary,
    body: `${items.map((item) => `--${boundary}\r\n${writeItem(item)}`).join('')}--${boundary}--\r\n`,
  };
}

function writeItem(item: BatchPart | ChangeSet): string {
  if (item.kind === 'part') return writePart(item);
  const inside = item.parts.map((each) => `--changeset_test\r\n${writePart(each)}`).join('');
  return `Content-Type: multipart/mixed; boundary=changeset_test\r\n\r\n${inside}--changeset_test--\r\n\r\n`;
}

function writePart({ method, url, body, contentId }: BatchPart): string {
  const id = contentId === undefined ? '' : `Content-ID: ${contentId}\r\n`;
  const head = `Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n${id}\r\n${method} ${url} HTTP/1.1\r\n`;
  if (body === undefined) return `${head}Accept: application/json\r\n\r\n`;
  return `${head}Content-Type: application/json\r\n\r\n${JSON.stringify(body)}\r\n`;
}

export function sendBatch(
  api: Api,
  items: RawBatch | readonly (BatchPart | ChangeSet)[],
  headers: Record<string, string> = {},
): Promise<TestAnswer> {
  const raw = 'body' in items ? items : batchOf(items);
  return api.post('$batch', raw.body, { 'Content-Type': `multipart/mixed;boundary=${raw.boundary}`, ...headers });
}

export type AnsweredPart = {
  status: number;
  contentId?: string;
  headers: Record<string, string>;
  body: string;
  json: Json;
};

/** Every `HTTP/1.1 …` block of an answer, change sets flattened. */
export function parts(answer: { text: string }): AnsweredPart[] {
  return answer.text.split(/\r\n(?=--(?:batch|changeset)response_)|^(?=--batchresponse_)/).flatMap((piece) => {
    const start = piece.indexOf('HTTP/1.1 ');
    if (start < 0) return [];
    const contentId = /^Content-ID: (.+)$/m.exec(piece.slice(0, start))?.[1]?.trim();
    const [head = '', ...body] = piece.slice(start).split('\r\n\r\n');
    const [status = '', ...lines] = head.split('\r\n');
    const text = body.join('\r\n\r\n').trimEnd();
    return [
      {
        status: Number(status.split(' ')[1]),
        ...(contentId === undefined ? {} : { contentId }),
        headers: Object.fromEntries(
          lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        ),
        body: text,
        json: text.startsWith('{') ? JSON.parse(text) : {},
      },
    ];
  });
}
