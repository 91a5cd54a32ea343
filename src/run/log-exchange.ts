/** One line of --debug per HTTP exchange. */
import { writeMessage } from '../terminal/report-error.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { LogRecord } from '../transport/log.ts';

export function logExchange(terminal: Terminal, record: LogRecord): Promise<void> {
  const result = record.status === undefined ? `no answer: ${record.error}` : String(record.status);
  const ids = [record.requestId, record.clientRequestId].filter((id) => id !== undefined).join(' ');
  const message = `${record.method} ${record.url} → ${result} in ${record.ms} ms ${ids}`.trimEnd();
  return writeMessage(terminal, {
    level: 'debug',
    code: 'HTTP',
    message,
    status: record.status,
    requestId: record.requestId,
  });
}
