import { resolveBody, resolveUrl } from '../../../../src/emulator/batch/change-set.ts';
import { boundaryOf, readBatch } from '../../../../src/emulator/batch/read-batch.ts';

describe('readBatch', () => {
  it.each([
    ['CRLF', '\r\n'],
    ['LF', '\n'],
  ])('reads bodies that hold blank lines and boundary-like text, with %s', (_name, end) => {
    const json = '{"a":"x--b","b":1}';
    const body = [
      '--b',
      'Content-Type: application/http',
      '',
      'POST leads HTTP/1.1',
      'X-Y: z',
      '',
      json,
      '--b--',
      '',
    ].join(end);
    expect(readBatch(body, 'b')).toEqual([
      { isChangeSet: false, requests: [{ method: 'POST', url: 'leads', headers: { 'x-y': 'z' }, body: json }] },
    ]);
  });

  it('refuses a body that ends before its closing boundary', () => {
    expect(() => readBatch('--b\r\nContent-Type: application/http\r\n\r\nGET x HTTP/1.1\r\n', 'b')).toThrow(
      'Stream was not readable.',
    );
  });

  it.each([
    ['multipart/mixed;boundary=abc', 'abc'],
    ['multipart/mixed; boundary="a b"', 'a b'],
    ['multipart/mixed; boundary=abc; charset=utf-8', 'abc'],
    ['application/json', undefined],
  ])('finds the boundary of %s', (type, boundary) => {
    expect(boundaryOf(type)).toBe(boundary);
  });
});

describe('references', () => {
  const known = new Map([['1', 'http://x/api/data/v9.2/leads(L)']]);

  it.each([
    ['$1', 'http://x/api/data/v9.2/leads(L)'],
    ['/$1', 'http://x/api/data/v9.2/leads(L)'],
    ['$1/lastname', 'http://x/api/data/v9.2/leads(L)/lastname'],
    ['/api/data/v9.2/$batch', '/api/data/v9.2/$batch'],
    ['leads?$select=a', 'leads?$select=a'],
  ])('resolves %s', (url, expected) => {
    expect(resolveUrl(url, known)).toBe(expected);
  });

  it('replaces binds in a body and leaves other text alone', () => {
    const body = '{"a@odata.bind":"$1","@odata.id" : "$1","subject":"$1"}';
    const url = 'http://x/api/data/v9.2/leads(L)';
    expect(resolveBody(body, known)).toBe(`{"a@odata.bind":"${url}","@odata.id" : "${url}","subject":"$1"}`);
  });
});
