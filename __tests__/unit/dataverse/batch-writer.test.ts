import { batchRequest } from '../../../src/dataverse/batch-writer.ts';
import type { BatchPart, Read, Write } from '../../../src/dataverse/operation.ts';
import { readRows } from '../../../src/dataverse/reads.ts';
import { operationName } from '../../../src/dataverse/requests.ts';

const ORIGIN = 'https://contoso.crm4.dynamics.com';
const READ = readRows('leads?$select=leadid', 'leadid');
const ADD: Write = { method: 'POST', path: 'AddListMembersList', body: { List: {}, Members: [] } };

function uuids() {
  let count = 0;
  return () => {
    count += 1;
    return `u${count}`;
  };
}

function bodyOf(parts: readonly BatchPart[]): string {
  return String(batchRequest(ORIGIN, parts, uuids()).body);
}

describe('batchRequest', () => {
  it('writes reads, writes and change sets with CRLF from the first line to the last', () => {
    const creation: Write = { method: 'POST', path: 'lists', body: { listname: 'x' } };
    const body = bodyOf([READ, ADD, { changeSet: [creation, { method: 'DELETE', path: 'lists(1)' }] }]);
    const part = ['Content-Type: application/http', 'Content-Transfer-Encoding: binary'];
    const asked = ['accept: application/json', 'odata-maxversion: 4.0', 'odata-version: 4.0'];
    const json = 'content-type: application/json';
    expect(body.split('\r\n')).toEqual([
      ...['--batch_u2', ...part, '', 'GET /api/data/v9.2/leads?$select=leadid HTTP/1.1'],
      ...[...asked, 'if-none-match: null', '', ''],
      ...['--batch_u2', ...part, '', 'POST /api/data/v9.2/AddListMembersList HTTP/1.1'],
      ...[...asked, json, '', '{"List":{},"Members":[]}'],
      ...['--batch_u2', 'Content-Type: multipart/mixed; boundary="changeset_u1"', ''],
      ...['--changeset_u1', ...part, 'Content-ID: 1', '', 'POST /api/data/v9.2/lists HTTP/1.1'],
      ...[...asked, json, '', '{"listname":"x"}'],
      ...['--changeset_u1', ...part, 'Content-ID: 2', '', 'DELETE /api/data/v9.2/lists(1) HTTP/1.1'],
      ...[...asked, '', ''],
      ...['--changeset_u1--', '', '--batch_u2--', ''],
    ]);
    expect(body.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('asks to go on after errors, always', () => {
    expect(batchRequest(ORIGIN, [READ], uuids())).toMatchObject({
      method: 'POST',
      url: `${ORIGIN}/api/data/v9.2/$batch`,
      headers: {
        prefer: 'odata.continue-on-error',
        'content-type': 'multipart/mixed; boundary="batch_u1"',
        'odata-version': '4.0',
      },
    });
  });

  it.each([
    ['reads only', [READ, READ], true],
    ['a write among reads', [READ, ADD], false],
    ['a change set', [{ changeSet: [ADD] }], false],
  ])('may repeat %s: %s', (_name, parts, repeatable) => {
    expect(batchRequest(ORIGIN, parts, uuids()).repeatable).toBe(repeatable);
  });

  it('passes the headers of a part on', () => {
    expect(bodyOf([{ ...READ, headers: { Prefer: 'odata.maxpagesize=3' } }])).toContain(
      '\r\nPrefer: odata.maxpagesize=3\r\n',
    );
  });

  it('counts the operations of change sets', () => {
    const changeSet = { changeSet: Array<Write>(400).fill(ADD) };
    expect(() => bodyOf([changeSet, changeSet, ...Array<Read>(200).fill(READ)])).not.toThrow();
    expect(() => bodyOf([changeSet, changeSet, ...Array<Read>(201).fill(READ)])).toThrow(
      expect.objectContaining({ code: 'BATCH_TOO_LARGE' }),
    );
  });

  it('refuses a GET that is too long even for a batch', () => {
    const tooLong = readRows('x'.repeat(65_536), 'leadid');
    expect(() => bodyOf([tooLong])).toThrow(expect.objectContaining({ code: 'URL_TOO_LONG' }));
  });

  it.each([
    { ...READ, path: 'leads HTTP/1.1\r\nX: y' },
    { ...READ, path: 'leads?$filter=a eq b' },
    { ...READ, headers: { Prefer: 'a\r\nb: c' } },
    { ...READ, headers: { 'a\r\nb': 'c' } },
  ])('does not let one request become two: %#', (operation) => {
    expect(() => bodyOf([operation])).toThrow(TypeError);
  });

  it('keeps line ends in values inside JSON', () => {
    const body = bodyOf([{ method: 'POST', path: 'leads', body: { lastname: 'a\r\n--batch_u1--\r\nb' } }]);
    expect(body.match(/\r\n--batch_u1--\r\n/g)).toHaveLength(1);
  });
});

describe('operationName', () => {
  it.each([
    ['GET', 'leads?$filter=private', 'GET leads'],
    ['GET', 'WhoAmI()', 'GET WhoAmI'],
    ['POST', 'AddListMembersList', 'AddListMembersList'],
    ['POST', 'lists(1)/Microsoft.Dynamics.CRM.AddItemCampaign', 'AddItemCampaign'],
    ['PATCH', 'lists(0f6a)', 'PATCH lists'],
    ['GET', 'campaigns(1)/campaignlist_association?$select=x', 'GET campaigns/campaignlist_association'],
    ['DELETE', 'campaigns(1)/campaignlist_association(2)/$ref', 'DELETE campaigns/campaignlist_association/$ref'],
    ['POST', 'leads', 'POST leads'],
  ] as const)('names %s %s', (method, path, expected) => {
    expect(operationName({ method, path })).toBe(expected);
  });
});
