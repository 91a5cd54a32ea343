import { openRequestLog, type RequestLogEntry } from '../../../../src/emulator/requests/request-log.ts';

it('a log keeps the newest requests, and not without end', () => {
  const log = openRequestLog(undefined);
  const request = { method: 'GET', target: '/', origin: '', headers: {}, body: '' };
  const parts = Array.from({ length: 999 }, () => ({ method: 'GET', path: '', status: 200, operation: '' }));
  const entry: Omit<RequestLogEntry, 'number'> = {
    ...{ time: '', method: 'POST', path: '', operation: '$batch', status: 200, ms: 1, bytesIn: 0, bytesOut: 0 },
    isInsideRetryAfter: false,
    parts,
  };
  for (let count = 0; count < 201; count += 1) log.add(entry, request);
  expect(log.entries().map(({ number }) => number)).toEqual(Array.from({ length: 100 }, (_, place) => place + 102));
});
