/** One line of --debug per HTTP exchange. */
import type { Context } from './context.ts';
import { say } from './terminal/report-error.ts';
import type { LogRecord } from './transport/log.ts';

export function logExchange({ terminal }: Pick<Context, 'terminal'>, record: LogRecord): Promise<void> {
  const result = record.status === undefined ? `no answer: ${record.error}` : String(record.status);
  const ids = [record.requestId, record.clientRequestId].filter((id) => id !== undefined).join(' ');
  const message = `${record.method} ${record.url} → ${result} in ${record.ms} ms ${ids}`.trimEnd();
  return say(terminal, { level: 'debug', code: 'HTTP', message, status: record.status, requestId: record.requestId });
}
