import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AnsweredItem, writeBatch } from '../../../../src/emulator/batch/write-batch.ts';

const recorded = (name: string) =>
  readFileSync(join(__dirname, '../../../contract/fixtures/batch', `${name}.txt`), 'utf8');

const root = 'https://org1bfe9950.crm3.dynamics.com/api/data/v9.0';

function created(id: string, contentId?: string) {
  const url = `${root}/accounts(${id})`;
  const headers = {
    'Preference-Applied': 'odata.include-annotations="*"',
    'OData-EntityId': url,
    Location: url,
    'OData-Version': '4.0',
  };
  return { answer: { status: 204, headers, body: '' }, ...(contentId === undefined ? {} : { contentId }) };
}

describe('writeBatch', () => {
  it('writes a change set and a single request as a real v9 organization did, byte for byte', () => {
    const items: AnsweredItem[] = [
      {
        boundary: 'changesetresponse_ec7acbeb-9a33-40db-a54f-12dfd580282b',
        parts: [
          created('c48c005e-d215-ed11-b83f-0022483d2320', '1'),
          created('c58c005e-d215-ed11-b83f-0022483d2320', '2'),
        ],
      },
      { parts: [created('c68c005e-d215-ed11-b83f-0022483d2320')] },
    ];
    const written = writeBatch(items, 'batchresponse_1a603e08-fa34-4f5d-a336-9a70cfb71db0');
    // The blanks after the last boundary are the recorder's.
    expect(written).toBe(recorded('dataverse-ify-v9-changeset-plus-single').replace(/-- +\r\n$/, '--\r\n'));
  });

  it('writes an error part as a real v9 organization did, byte for byte', () => {
    const headers = {
      'Content-Type': 'application/json; odata.metadata=minimal',
      'OData-Version': '4.0',
      REQ_ID: 'a1687769-7702-46fa-a6ee-4094ba20f706',
    };
    const body =
      '{"error":{"code":"0x80040217","message":"SystemUser With Id = 018d0d88-05c2-46bb-ac83-63a910e8b1f1 Does Not Exist"}}';
    const boundary = 'batchresponse_1a603e08-fa34-4f5d-a336-9a70cfb71db0';
    const written = writeBatch([{ parts: [{ answer: { status: 404, headers, body } }] }], boundary);
    // The recording ends without the closing hyphens.
    expect(written).toBe(recorded('dataverse-ify-v9-404-part').replace(/\r\n$/, '--\r\n'));
  });

  it('nests the error of a failed change set as a real v8 organization did', () => {
    const lines = recorded('digitalflow-5').split('\r\n');
    const answer = { status: 400, headers: { 'OData-Version': '4.0' }, body: '{}' };
    const boundary = 'changesetresponse_e5e6ef31-a60c-4444-b290-5e75e2b2df37';
    const written = writeBatch(
      [{ boundary, parts: [{ contentId: '1', answer }] }],
      'batchresponse_66693a11-1dce-4324-9f4d-f5be05effb87',
    );
    expect(written.split('\r\n').slice(0, 9)).toEqual(lines.slice(0, 9));
  });
});
