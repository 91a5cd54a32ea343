import { UnknownResultError } from '../../../src/transport/http.ts';
import { responseTrouble, type Trouble, troubleOf } from '../../../src/transport/trouble.ts';
import { response } from './scripted-send.ts';

const NOW = 1_000_000;
const BUSY: Trouble = { kind: 'busy', retryAfterMs: undefined };

function refusal(status: number, code: string, message = 'text') {
  return response(status, { body: JSON.stringify({ error: { code, message } }) });
}

describe('responseTrouble', () => {
  it.each([
    ['429 without a word', response(429), { kind: 'throttled', retryAfterMs: 5_000 }],
    ['429 with a time', response(429, { headers: { 'retry-after': '7' } }), { kind: 'throttled', retryAfterMs: 7_000 }],
    ['too many requests, as a 503', refusal(503, '0x80072322'), { kind: 'throttled', retryAfterMs: 5_000 }],
    ['too much execution time, as a 500', refusal(500, '0x80072321'), { kind: 'throttled', retryAfterMs: 5_000 }],
    ['too many at a time', refusal(503, '0x80072326'), { kind: 'throttled', retryAfterMs: 5_000 }],
    ['408', response(408), BUSY],
    ['502 with a page', response(502, { body: '<html>' }), BUSY],
    ['503 with a time', response(503, { headers: { 'retry-after': '3' } }), { kind: 'busy', retryAfterMs: 3_000 }],
    ['504', response(504), BUSY],
    ['a SQL error', refusal(500, '0x80044150'), BUSY],
    ['a SQL time-out', refusal(500, '0x80044151'), BUSY],
    ['the database governor', refusal(500, '0x8004A001'), BUSY],
    ['a 500 that names a deadlock', refusal(500, '0x80040216', 'Transaction was deadlocked'), BUSY],
    ['a 500 that is a page of some server in between', response(500, { body: '<html>' }), BUSY],
    ['a 500 without a body', response(500), BUSY],
  ])('sees in %s something that may pass', (_name, answer, expected) => {
    expect(responseTrouble(answer, NOW)).toEqual(expected);
  });

  it.each([
    ['200', response(200)],
    ['a bad request', refusal(400, '0x80040203')],
    ['401', response(401)],
    ['403', refusal(403, '0x80040220')],
    ['404', refusal(404, '0x80040217')],
    ['405', response(405)],
    ['412', refusal(412, '0x80040237')],
    ['413', response(413)],
    ['a plug-in that failed', refusal(500, '0x80040224')],
    ['duplicates found, as a 500', refusal(500, '0x80040333')],
    ['501', refusal(501, '0x80040800')],
    ['429 whose body is in parts', response(429, { headers: { 'content-type': 'multipart/mixed; boundary=x' } })],
    ['503 whose body is in parts', response(503, { headers: { 'content-type': 'Multipart/Mixed;boundary="x"' } })],
  ])('takes %s for final', (_name, answer) => {
    expect(responseTrouble(answer, NOW)).toBeUndefined();
  });
});

describe('troubleOf', () => {
  it('tells what was not sent from what was lost', () => {
    const unsent = new UnknownResultError('x', 'unreachable');
    const lost = new UnknownResultError('x', 'timeout');
    expect(troubleOf({ kind: 'error', error: unsent }, NOW)).toEqual({ kind: 'not-sent', reason: 'unreachable' });
    expect(troubleOf({ kind: 'error', error: lost }, NOW)).toEqual({ kind: 'lost', reason: 'timeout' });
  });

  it('takes every other error for final', () => {
    expect(troubleOf({ kind: 'error', error: new TypeError('bug') }, NOW)).toBeUndefined();
  });
});
