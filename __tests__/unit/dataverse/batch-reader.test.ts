import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { boundaryOf, readBatch } from '../../../src/dataverse/batch-reader.ts';

function fixture(name: string): string {
  return readFileSync(join(__dirname, 'fixtures', name), 'utf8');
}

function boundaryIn(text: string): string {
  return /^--(\S+)/.exec(text)?.[1] ?? '';
}

function statuses(text: string) {
  const answer = readBatch(text, boundaryIn(text));
  const parts = answer.parts.map(({ isChangeSet, responses }) => {
    const found = responses?.map(({ status }) => status) ?? ['unreadable'];
    return isChangeSet ? found : found[0];
  });
  return { parts, isComplete: answer.isComplete };
}

const lineEnds = [
  ['CRLF', (text: string) => text],
  ['LF', (text: string) => text.replaceAll('\r\n', '\n')],
] as const;

describe('readBatch', () => {
  describe.each(lineEnds)('with %s', (_name, convert) => {
    it.each([
      ['digitalflow-1.txt', { parts: [200], isComplete: true }],
      ['digitalflow-2.txt', { parts: [[204, 204], 200], isComplete: true }],
      ['digitalflow-5.txt', { parts: [[400], 404], isComplete: true }],
      ['dataverse-ify-v9-404-part.txt', { parts: [404], isComplete: false }],
      ['dataverse-ify-v9-changeset-plus-single.txt', { parts: [[204, 204], 204], isComplete: true }],
    ])('reads what a real organization answered in %s', (file, expected) => {
      expect(statuses(convert(fixture(file)))).toEqual(expected);
    });
  });

  it('reads headers and bodies of parts', () => {
    const text = fixture('dataverse-ify-v9-404-part.txt');
    const [part] = readBatch(text, boundaryIn(text)).parts;
    expect(part).toEqual({
      isChangeSet: false,
      isComplete: true,
      responses: [
        {
          status: 404,
          headers: {
            req_id: 'a1687769-7702-46fa-a6ee-4094ba20f706',
            'content-type': 'application/json; odata.metadata=minimal',
            'odata-version': '4.0',
          },
          body: '{"error":{"code":"0x80040217","message":"SystemUser With Id = 018d0d88-05c2-46bb-ac83-63a910e8b1f1 Does Not Exist"}}',
        },
      ],
    });
  });

  it('reads bodies of several lines as JSON', () => {
    const text = fixture('digitalflow-2.txt');
    const part = readBatch(text, boundaryIn(text)).parts[1];
    expect(JSON.parse(part?.responses?.[0]?.body ?? '').value).toHaveLength(6);
  });

  it('takes only whole parts from an answer cut off anywhere, and never says it is complete', () => {
    const text = fixture('dataverse-ify-v9-changeset-plus-single.txt').trimEnd();
    const closing = text.lastIndexOf('\r\n--batchresponse');
    const whole = readBatch(text, boundaryIn(text)).parts;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: closing + 2 }), (length) => {
        const cut = readBatch(text.slice(0, length), boundaryIn(text));
        expect(cut.isComplete).toBe(false);
        expect(cut.parts).toEqual(whole.slice(0, cut.parts.length));
      }),
    );
  });

  it('does not take a delimiter inside a line, or one with more behind it, for an end', () => {
    const text =
      '--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{"a":"x --b--","c": --b\r\n--bb\r\n}\r\n--b--';
    const { parts, isComplete } = readBatch(text, 'b');
    expect(isComplete).toBe(true);
    expect(parts).toEqual([
      {
        isChangeSet: false,
        responses: [{ status: 200, headers: {}, body: '{"a":"x --b--","c": --b\r\n--bb\r\n}' }],
        isComplete: true,
      },
    ]);
  });

  it.each([
    [
      'blank lines and text before the first boundary',
      '\r\npreamble\r\n--b\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n\r\n--b--',
    ],
    ['parts without headers of their own and a status without a text', '--b\n\nHTTP/1.1 204\n\n\n--b--\n'],
  ])('reads over %s', (_what, text) => {
    expect(readBatch(text, 'b').parts).toMatchObject([{ responses: [{ status: 204 }] }]);
  });

  it('says which parts it cannot read', () => {
    const text = '--b\r\n\r\nnonsense\r\n--b\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n\r\n--b--';
    expect(readBatch(text, 'b').parts).toMatchObject([{ responses: undefined }, { responses: [{ status: 204 }] }]);
  });

  it('knows a change set whose answer broke off inside', () => {
    const text =
      '--b\r\nContent-Type: multipart/mixed; boundary="c"\r\n\r\n--c\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n\r\n--c\r\n\r\nHTTP/1.1 2\r\n--b--';
    expect(readBatch(text, 'b').parts).toEqual([
      { isChangeSet: true, isComplete: false, responses: [expect.objectContaining({ status: 204 })] },
    ]);
  });

  it.each(['', 'no boundary at all', '--', '--b'])('reads nothing from %j', (text) => {
    expect(readBatch(text, 'b')).toEqual({ parts: [], isComplete: false });
  });

  it('knows an answer without any part', () => {
    expect(readBatch('--b--\r\n', 'b')).toEqual({ parts: [], isComplete: true });
  });
});

describe('boundaryOf', () => {
  it.each([
    ['multipart/mixed; boundary=batchresponse_1', 'batchresponse_1'],
    ['multipart/mixed;boundary="a b"', 'a b'],
    ['Multipart/Mixed; charset=utf-8; Boundary=x; more=y', 'x'],
    ['multipart/mixed', undefined],
    ['application/json; boundary=x', undefined],
    [undefined, undefined],
  ])('finds in %s the boundary %s', (contentType, expected) => {
    expect(boundaryOf(contentType)).toBe(expected);
  });
});
