import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BatchPart, Write } from '../../../src/dataverse/operation.ts';
import { readObject, readRows } from '../../../src/dataverse/reads.ts';
import { TemporaryError } from '../../../src/errors.ts';
import { UnknownResultError } from '../../../src/transport/http.ts';
import { response } from '../transport/scripted-send.ts';
import { answer, connect, cutAnswer, json, part, partLines, refusal } from './fake-transport.ts';

const READ = readRows('listmembers', 'listmemberid');
const ADD: Write = { method: 'POST', path: 'AddListMembersList', body: {} };
const SET: BatchPart = { changeSet: [ADD, ADD] };
const LOST = new UnknownResultError('https://contoso: broke', 'lost');
const PAGE = '{"value":[]}';

const failed = (code: string) => part(500, JSON.stringify(refusal(code)));

function kinds(results: readonly { kind: string }[]): string[] {
  return results.map(({ kind }) => kind);
}

/** A change set's answer with these statuses. */
function changeSetPart(...inner: readonly string[]): string {
  return `Content-Type: multipart/mixed; boundary="c"\r\n\r\n${inner.map((each) => `--c\r\n${each}`).join('')}--c--\r\n`;
}

describe('batch with writes', () => {
  const refused = JSON.stringify(refusal('0x80040217'));

  it.each([
    ['all done', answer(200, part(204), part(200, PAGE)), ['ok', 'ok']],
    ['a refusal among them, outer status 200', answer(200, part(404, refused), part(200, PAGE)), ['refused', 'ok']],
    ['a refusal, outer status as its own', answer(404, part(404, refused), part(200, PAGE)), ['refused', 'ok']],
    ['stopped at the first refusal', answer(400, part(404, refused)), ['refused', 'not-run']],
    ['a gateway error of both', answer(200, part(503, '<html>'), part(503, '<html>')), ['unknown', 'not-run']],
    ['a SQL time-out of both', answer(200, failed('0x80044151'), failed('0x80044151')), ['unknown', 'not-run']],
    ['unexpected', answer(200, failed('0x80040216'), part(200, PAGE)), ['unknown', 'ok']],
    ['a plug-in that failed: rolled back', answer(200, failed('0x80040224'), part(200, PAGE)), ['refused', 'ok']],
    ['duplicates found, as a 500', answer(200, failed('0x80040333'), part(200, PAGE)), ['refused', 'ok']],
    ['broken off in the second part', cutAnswer(200, part(204), part(200, PAGE)), ['ok', 'unknown']],
    ['broken off in the first part', cutAnswer(200, part(204)), ['unknown', 'unknown']],
    ['a read that is no JSON', answer(200, part(204), part(200, '{"value":[')), ['ok', 'unknown']],
    ['answered short, though nothing failed', answer(200, part(204)), ['ok', 'unknown']],
    ['answered with no part at all', answer(200), ['unknown', 'unknown']],
    ['more answers than questions', answer(200, part(204), part(204), part(204)), ['unknown', 'unknown']],
    ['a part nobody can read', answer(200, '\r\nnonsense\r\n', part(200, PAGE)), ['unknown', 'ok']],
    ['a gateway error for the whole', response(502, { body: '<html>' }), ['unknown', 'unknown']],
    ['a page instead of an answer', response(200, { body: '<html>' }), ['unknown', 'unknown']],
    ['an empty answer', response(200), ['unknown', 'unknown']],
    ['too large as a whole', response(413), ['refused', 'refused']],
    ['lost', LOST, ['unknown', 'unknown']],
  ])('judges: %s', async (_name, step, expected) => {
    const { send, dataverse } = connect(step);
    expect(kinds(await dataverse.batch([ADD, READ]))).toEqual(expected);
    expect(send.left()).toBe(0);
  });

  it('sends a batch that is refused as a whole in halves, and keeps to that size (U35)', async () => {
    const tooMany = json(400, refusal(''));
    const { send, dataverse } = connect(
      tooMany,
      answer(200, part(204), part(204)),
      answer(200, part(204), part(200, PAGE)),
      answer(200, part(204), part(204)),
      answer(200, part(200, PAGE)),
    );
    expect(kinds(await dataverse.batch([ADD, ADD, ADD, READ]))).toEqual(Array(4).fill('ok'));
    expect(kinds(await dataverse.batch([ADD, ADD, READ]))).toEqual(Array(3).fill('ok'));
    expect(send.left()).toBe(0);
  });

  it('refuses one part only where that is what a batch was refused for, and sends the next as a whole again', async () => {
    const bad = json(400, refusal('0x80048d19'));
    const { send, dataverse } = connect(...[bad, answer(200, part(204)), bad], answer(200, part(204), part(200, PAGE)));
    expect(kinds(await dataverse.batch([ADD, ADD]))).toEqual(['ok', 'refused']);
    expect(kinds(await dataverse.batch([ADD, READ]))).toEqual(['ok', 'ok']);
    expect(send.left()).toBe(0);
  });

  it('knows nothing of the second half where no answer comes to it', async () => {
    const { dataverse } = connect(json(400, refusal('')), answer(200, part(204)), LOST);
    expect(kinds(await dataverse.batch([ADD, ADD]))).toEqual(['ok', 'unknown']);
  });

  it.each([
    ['done', changeSetPart(part(204), part(204)), 'ok'],
    ['refused by one error inside', changeSetPart(part(400, refused)), 'refused'],
    ['refused by a bare error', part(400, refused), 'refused'],
    ['refused by the second operation', changeSetPart(part(204), part(412, refused)), 'refused'],
    ['met by a gateway error', part(502), 'unknown'],
    ['answered for one of two', changeSetPart(part(204)), 'unknown'],
    ['answered by a bare success', part(204), 'unknown'],
  ])('judges a change set that was %s', async (_name, text, expected) => {
    const { dataverse } = connect(answer(200, text));
    expect(kinds(await dataverse.batch([SET]))).toEqual([expected]);
  });

  it('reads the refusals of a real organization', async () => {
    const recorded = readFileSync(join(__dirname, 'fixtures', 'digitalflow-5.txt'), 'utf8');
    const headers = { 'content-type': 'multipart/mixed; boundary=batchresponse_66693a11-1dce-4324-9f4d-f5be05effb87' };
    const { dataverse } = connect({ status: 200, headers, body: recorded });
    const results = await dataverse.batch([
      { changeSet: [{ method: 'POST', path: 'tasks', body: { subjct: 'x' } }] },
      readRows('acounts', 'accountid'),
    ]);
    expect(results).toEqual([
      {
        kind: 'refused',
        error: expect.objectContaining({
          status: 400,
          message: expect.stringMatching(/^The property 'subjct' does not exist/),
        }),
      },
      {
        kind: 'refused',
        error: expect.objectContaining({ status: 404, message: "Resource not found for the segment 'acounts'." }),
      },
    ]);
  });

  const THROTTLED = part(429, '', { 'Retry-After': '7' });
  it.each([
    ['the whole batch was', response(429, { headers: { 'retry-after': '7' } })],
    ['its writes were, as parts (U21)', answer(200, THROTTLED, THROTTLED, part(200, PAGE))],
  ])('waits and sends again, as often as it takes, when %s throttled: nothing of it was done', async (_name, step) => {
    const done = answer(200, part(204), changeSetPart(part(204), part(204)), part(200, PAGE));
    const { clock, send, dataverse } = connect(...Array(20).fill(step), done);
    expect(kinds(await dataverse.batch([ADD, SET, READ]))).toEqual(['ok', 'ok', 'ok']);
    expect(clock.slept).toEqual(Array(20).fill(7_000));
    expect(send.left()).toBe(0);
  });

  it('gives up on writes that are throttled as parts for longer than one is to wait: nothing was done', async () => {
    const { dataverse } = connect(...Array(200).fill(answer(200, THROTTLED, part(200, PAGE))));
    await expect(dataverse.batch([ADD, READ])).rejects.toMatchObject({ code: 'THROTTLED' });
  });

  it('keeps everybody waiting after a throttled part', async () => {
    const throttled = part(429, JSON.stringify(refusal('0x80072321')), { 'Retry-After': '30' });
    const { clock, dataverse } = connect(answer(200, throttled, part(204)), answer(200, part(204), part(204)));
    await dataverse.batch([ADD, ADD]);
    await dataverse.batch([ADD, ADD]);
    expect(clock.slept).toEqual([30_000]);
  });

  it('says that nothing was done when the server was never reached', async () => {
    const unsent = new UnknownResultError('https://contoso: no connection', 'unreachable');
    const { dataverse } = connect(...Array.from({ length: 9 }, () => unsent));
    await expect(dataverse.batch([ADD, READ])).rejects.toThrow(TemporaryError);
  });

  it('stops when the user is refused altogether, but not when part of the batch was done', async () => {
    const noUser = refusal('0x80072560', 'The user is not a member of the organization.');
    await expect(connect(json(403, noUser)).dataverse.batch([ADD, READ])).rejects.toMatchObject({
      category: 'authentication',
    });
    const { dataverse } = connect(answer(200, part(204), part(403, JSON.stringify(noUser))));
    expect(kinds(await dataverse.batch([ADD, READ]))).toEqual(['ok', 'refused']);
  });

  it('sends nothing for no parts', async () => {
    await expect(connect().dataverse.batch([])).resolves.toEqual([]);
  });
});

describe('batch of reads', () => {
  const A = readObject('a', 'name');
  const B = readObject('b', 'name');
  const C = readObject('c', 'name');
  const row = (name: string) => JSON.stringify({ name });

  it('reads only the parts again that failed for a moment, and keeps the order', async () => {
    const busy = part(503, '<html>');
    const { clock, send, dataverse } = connect(
      answer(200, part(200, row('a')), busy, part(404, JSON.stringify(refusal('0x80040217')))),
      json(200, { name: 'b' }),
    );
    const results = await dataverse.batch([A, B, C]);
    expect(results).toMatchObject([
      { kind: 'ok', body: { name: 'a' } },
      { kind: 'ok', body: { name: 'b' } },
      { kind: 'refused' },
    ]);
    expect(partLines(send.requests[0])).toEqual([
      'GET /api/data/v9.2/a',
      'GET /api/data/v9.2/b',
      'GET /api/data/v9.2/c',
    ]);
    expect(send.requests[1]).toMatchObject({ method: 'GET', url: expect.stringMatching(/\/b$/) });
    expect(clock.slept).toEqual([250]);
  });

  it('waits for a throttled part as long as it says, however often', async () => {
    const throttled = part(429, '', { 'Retry-After': '7' });
    const script = Array.from({ length: 20 }, () => answer(200, throttled, throttled));
    const { clock, dataverse } = connect(...script, answer(200, part(200, row('a')), part(200, row('b'))));
    expect(kinds(await dataverse.batch([A, B]))).toEqual(['ok', 'ok']);
    expect(clock.slept).toEqual(Array.from({ length: 20 }, () => 7_000));
  });

  it('slows down once for an answer, however many of its parts were throttled', async () => {
    const throttled = part(429, '', { 'Retry-After': '7' });
    const found = part(200, row('a'));
    const good = answer(200, found, found, found);
    const { dataverse } = connect(answer(200, throttled, throttled, throttled), good, good, good);
    for (let batch = 0; batch < 3; batch += 1) await dataverse.batch([A, B, C]);
    // Half of four, and a step up for each of three good answers.
    expect(dataverse.allowed().requests).toBe(3);
  });

  it.each([
    ['an answer that broke off', cutAnswer(200, part(200, row('a')), part(200, row('b')))],
    ['a page instead of an answer', response(200, { body: '<html>' })],
    ['parts that were not run', answer(400, part(200, row('a')))],
    ['a lost answer', LOST],
    ['a gateway error', response(502)],
  ])('reads again after %s', async (_name, step) => {
    const again =
      step === LOST || ('status' in step && step.status === 502) || ('body' in step && step.body === '<html>');
    const { send, dataverse } = connect(
      json(200, { name: 'met before' }),
      step,
      again ? answer(200, part(200, row('a')), part(200, row('b'))) : json(200, { name: 'b' }),
    );
    await dataverse.read(A);
    expect(kinds(await dataverse.batch([A, B]))).toEqual(['ok', 'ok']);
    expect(send.left()).toBe(0);
  });

  it('gives up with a TemporaryError when a part never comes', async () => {
    const { dataverse } = connect(
      answer(200, part(200, row('a')), part(503)),
      ...Array.from({ length: 100 }, () => response(503)),
    );
    await expect(dataverse.batch([A, B])).rejects.toThrow(TemporaryError);
  });

  it('stops when the user is refused altogether', async () => {
    const disabled = JSON.stringify(refusal('0x80040225', 'The specified user is disabled.'));
    const { dataverse } = connect(answer(200, part(200, row('a')), part(403, disabled)));
    await expect(dataverse.batch([A, B])).rejects.toMatchObject({ code: 'USER_DISABLED' });
  });
});
