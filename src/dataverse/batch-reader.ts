/**
 * Reads `multipart/mixed` answers to `$batch`: CRLF or LF, boundary quoted or not, without a last boundary, change sets as a nested
 * multipart or as one bare part. Its tests include recordings of real organizations.
 */
import type { HttpResponse } from '../transport/http.ts';

export type AnsweredPart = {
  readonly isChangeSet: boolean;
  /** One, unless it is a change set; undefined when its delimiters are there, but no response between them. */
  readonly responses: readonly HttpResponse[] | undefined;
  readonly isComplete: boolean;
};

export type BatchAnswer = {
  /** In the order of the requests; a part that was cut off is not among them. */
  readonly parts: readonly AnsweredPart[];
  /** Whether the closing boundary was there: only then were missing parts not run. */
  readonly isComplete: boolean;
};

export function boundaryOf(contentType: string | undefined): string | undefined {
  const match = /^\s*multipart\/[^;]+;(?:.*;)?\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType ?? '');
  return match?.[1] ?? match?.[2];
}

/** The next delimiter line at or after `from`: where it begins, where the text after it begins, whether it is the closing one. */
function findDelimiter(text: string, delimiter: string, from: number) {
  for (let at = text.indexOf(delimiter, from); at >= 0; at = text.indexOf(delimiter, at + 1)) {
    if (at > 0 && text[at - 1] !== '\n') continue;
    const rest = text.slice(at + delimiter.length, at + delimiter.length + 80);
    const tail = /^(--)?[ \t]*(\r?\n|$)/.exec(rest);
    if (tail === null) continue;
    return { start: at, end: at + delimiter.length + tail[0].length, isClosing: tail[1] !== undefined };
  }
  return undefined;
}

/** The texts between delimiters. Text after the last delimiter that no other follows was cut off. */
function sections(text: string, boundary: string) {
  const delimiter = `--${boundary}`;
  const texts: string[] = [];
  let found = findDelimiter(text, delimiter, 0);
  while (found !== undefined && !found.isClosing) {
    const next = findDelimiter(text, delimiter, found.end);
    if (next === undefined) return { texts, isComplete: false };
    texts.push(text.slice(found.end, next.start).replace(/\r?\n$/, ''));
    found = next;
  }
  return { texts, isComplete: found !== undefined };
}

/** Header lines up to the first empty line, and what follows it. */
function headerBlock(text: string) {
  const empty = /(?:^|\r?\n)\r?\n/.exec(text);
  const head = empty === null ? text : text.slice(0, empty.index);
  const rest = empty === null ? '' : text.slice(empty.index + empty[0].length);
  const headers: Record<string, string> = {};
  for (const line of head.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { headers, rest };
}

/** `HTTP/1.1 204 No Content`, headers, body. */
function readResponse(text: string): HttpResponse | undefined {
  const start = /^\s*HTTP\/\d(?:\.\d)? (\d{3})[^\n]*(?:\n|$)/.exec(text);
  if (start === null) return undefined;
  const { headers, rest } = headerBlock(text.slice(start[0].length));
  return { status: Number(start[1]), headers, body: rest.trim() };
}

function readPart(text: string): AnsweredPart {
  const { headers, rest } = headerBlock(text);
  const boundary = boundaryOf(headers['content-type']);
  const isChangeSet = boundary !== undefined;
  const { texts, isComplete } = isChangeSet ? sections(rest, boundary) : { texts: [text], isComplete: true };
  const found = texts.map((inner) => readResponse(headerBlock(inner).rest));
  const responses = found.filter((response) => response !== undefined);
  return { isChangeSet, responses: responses.length < found.length ? undefined : responses, isComplete };
}

export function readBatch(body: string, boundary: string): BatchAnswer {
  const { texts, isComplete } = sections(body, boundary);
  return { parts: texts.map(readPart), isComplete };
}
