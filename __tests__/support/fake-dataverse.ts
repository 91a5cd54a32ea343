/** A Dataverse that answers reads from a table: the first entry whose text stands in the decoded path. What no entry fits is refused. */

import type {
  BatchPart,
  Dataverse,
  OperationResult,
  ProtocolAnswer,
  ProtocolQuestion,
  Read,
} from '../../src/dataverse/operation.ts';
import { DataverseError } from '../../src/errors.ts';
import type { JsonObject } from '../../src/json.ts';

export type Answer = JsonObject | readonly JsonObject[] | Error | OperationResult;
export type Answers = readonly (readonly [string, Answer])[];

export type ProtocolAnswers = Partial<Record<ProtocolQuestion, ProtocolAnswer>>;

export type FakeDataverse = Dataverse & {
  /** Decoded paths of each request, in order. */
  readonly requests: readonly (readonly string[])[];
  readonly asked: readonly ProtocolQuestion[];
};

export function refused(status: number, dataverseCode?: string, message = 'no'): OperationResult {
  return { kind: 'refused', error: new DataverseError('DATAVERSE_REFUSED', message, { status, dataverseCode }) };
}

export function fakeDataverse(answers: Answers, protocol: ProtocolAnswers = {}): FakeDataverse {
  const asked: ProtocolQuestion[] = [];
  const requests: (readonly string[])[] = [];
  const decoded = (part: BatchPart): string => {
    if ('changeSet' in part || part.method !== 'GET') throw new Error('sync check only reads');
    return decodeURIComponent(part.path);
  };
  const find = (path: string): Answer => answers.find(([text]) => path.includes(text))?.[1] ?? refused(404);
  const batch = async (parts: readonly BatchPart[]): Promise<readonly OperationResult[]> => {
    const paths = parts.map(decoded);
    requests.push(paths);
    return paths.map((path) => resultOf(find(path)));
  };
  const readOne = async (read: Read): Promise<JsonObject> => {
    const [result] = await batch([read]);
    if (result?.kind !== 'ok') throw result?.kind === 'refused' ? result.error : new Error('no answer');
    return result.body ?? {};
  };
  return {
    origin: 'https://contoso.crm4.dynamics.com',
    requests,
    asked,
    send: () => Promise.reject(new Error('sync check sends batches')),
    read: readOne,
    async *pages(read) {
      const { value } = await readOne(read);
      if (Array.isArray(value)) yield value.flatMap((row) => (isObject(row) ? [row] : []));
    },
    batch,
    async ask(question) {
      asked.push(question);
      return protocol[question] ?? { status: 200, body: '' };
    },
    traffic: () => ({ requests: requests.length, waitedMs: 0, bytesSent: 0, bytesReceived: 0 }),
    serverNow: () => undefined,
    writeTurn: async () => {
      throw new Error('Nothing is written here.');
    },
    startAttempts: () => {
      throw new Error('Nothing is written here.');
    },
    allowed: () => ({ requests: 2, writes: undefined, people: undefined }),
  };
}

function resultOf(answer: Answer): OperationResult {
  if (answer instanceof Error) throw answer;
  if (isResult(answer)) return answer;
  const body = isRows(answer) ? { value: [...answer] } : answer;
  return { kind: 'ok', status: 200, headers: {}, body };
}

const isRows = (answer: Answer): answer is readonly JsonObject[] => Array.isArray(answer);
const isResult = (answer: Answer): answer is OperationResult => 'kind' in answer;
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
