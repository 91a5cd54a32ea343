import fc from 'fast-check';
import type { OperationResult } from '../../../src/dataverse/operation.ts';
import type { JsonObject } from '../../../src/json.ts';
import { keyColumnReads, keyColumnsOf, matchableRow, refuseHiddenColumns } from '../../../src/people/key-columns.ts';
import { refused } from '../../support/fake-dataverse.ts';
import { byEmail, INVALID, row } from '../change/people.ts';

const ID = '5B0E7A94-13C6-4D0F-8E21-000000000001';

/** The value that is asked for, or the code. */
function matchable(value: string, type: string): string {
  const input = matchableRow(row({ by: 'column', value }), 'new_column', type);
  if (input.kind === 'invalid') return input.code;
  return input.key.by === 'column' ? input.key.value : '';
}

describe('matchableRow', () => {
  it.each([
    ['Integer', '0070', '70'],
    ['BigInt', '9007199254740993', '9007199254740993'],
    ['Picklist', '1', '1'],
    ['Decimal', '1.50', '1.5'],
    ['Money', '-3', '-3'],
    ['Uniqueidentifier', `{${ID}}`, ID.toLowerCase()],
    ['Lookup', ID, ID.toLowerCase()],
    ['DateTime', '2026-11-21', '2026-11-21'],
    ['DateTime', '2026-11-21T10:00:00+01:00', '2026-11-21T09:00:00Z'],
    ['Boolean', 'Yes', '1'],
    ['Boolean', 'false', '0'],
    ['String', ' 007 ', ' 007 '],
    ['Memo', 'x', 'x'],
  ])('asks a column of type %s for "%s" as %s', (type, value, asked) => {
    expect(matchable(value, type)).toBe(asked);
  });

  it.each([
    ['Integer', 'seventy'],
    ['Integer', '7.5'],
    ['Integer', '7e3'],
    ['Picklist', 'Web'],
    ['Decimal', '1,5'],
    ['Uniqueidentifier', '1234'],
    ['Owner', 'ann@x.de'],
    ['DateTime', '21.11.2026'],
    ['DateTime', '2026-13-01'],
    ['DateTime', '2026-11-31T10:00:00Z'],
    ['Boolean', 'perhaps'],
  ])('refuses for a column of type %s "%s"', (type, value) => {
    expect(matchable(value, type)).toBe('BAD_MATCH_VALUE');
  });

  it('says where, what and why', () => {
    expect(matchableRow(row({ by: 'column', value: 'x' }), 'new_number', 'Integer')).toMatchObject({
      kind: 'invalid',
      place: { source: 'people.csv', line: 2 },
      message: '"x" is not a whole number, which is what the column new_number takes.',
    });
  });

  it('keeps what was written, for --exclude', () => {
    expect(matchableRow(row({ by: 'column', value: '007' }), 'new_number', 'Integer')).toMatchObject({
      key: { value: '7', written: '007' },
    });
  });

  it('leaves rows alone that name people otherwise', () => {
    expect([byEmail('ann@x.de'), INVALID].map((each) => matchableRow(each, 'new_number', 'Integer'))).toEqual([
      byEmail('ann@x.de'),
      INVALID,
    ]);
  });

  it('gives the same spelling for its own', () => {
    fc.assert(
      fc.property(fc.constantFrom('Integer', 'Decimal', 'DateTime', 'Boolean', 'Lookup'), fc.string(), (type, text) => {
        const once = matchable(text, type);
        if (once !== 'BAD_MATCH_VALUE') expect(matchable(once, type)).toBe(once);
      }),
    );
  });
});

const rows = (...value: JsonObject[]): OperationResult => ({ kind: 'ok', status: 200, headers: {}, body: { value } });

describe('keyColumnsOf', () => {
  const column = (LogicalName: string, AttributeType = 'String', IsSecured = false) => ({
    LogicalName,
    AttributeType,
    IsSecured,
  });

  it('has the type of the --match-by column where the tables agree, and what is secured', () => {
    const lead = rows(column('emailaddress1', 'String', true), column('new_number', 'Integer'));
    const contact = rows(column('emailaddress1'), column('new_number', 'Integer'));
    expect(keyColumnReads('New_Number').map(({ path }) => path.split('/')[0])).toEqual([
      "EntityDefinitions(LogicalName='lead')",
      "EntityDefinitions(LogicalName='contact')",
    ]);
    expect(keyColumnsOf('New_Number', [lead, contact])).toEqual({
      matchType: 'Integer',
      secured: [{ type: 'lead', column: 'emailaddress1' }],
      refusal: undefined,
    });
    expect(keyColumnsOf('new_number', [lead, rows(column('new_number', 'String'))]).matchType).toBeUndefined();
  });

  it('says why nothing is known (U37)', () => {
    expect(keyColumnsOf(undefined, [rows(), refused(403, '0x80040256')])).toMatchObject({
      refusal: { dataverseCode: '0x80040256' },
    });
  });
});

describe('refuseHiddenColumns', () => {
  const secured = [{ type: 'lead', column: 'emailaddress1' }] as const;
  const check = (values: OperationResult, any: OperationResult) =>
    refuseHiddenColumns({ batch: async () => [values, any] }, { secured });

  it.each([
    ['shows nothing', [{ leadid: '1', emailaddress1: null }]],
    ['shows some values only', [{ leadid: '1', emailaddress1: 'a@x.de' }, { leadid: '2' }]],
    ['shows masks', [{ leadid: '1', emailaddress1: 'a****@x.de' }]],
    ['finds nobody', []],
  ])('stops where a secured column %s (U40)', async (_, values) => {
    const failed = check(rows(...values), rows({ leadid: '1' }));
    await expect(failed).rejects.toMatchObject({
      category: 'privilege',
      code: 'COLUMN_HIDDEN',
      message: expect.stringContaining('lead.emailaddress1'),
    });
  });

  it('lets pass who may read it, and an empty table', async () => {
    await expect(check(rows({ emailaddress1: 'a@x.de' }), rows({ leadid: '1' }))).resolves.toBeUndefined();
    await expect(check(rows(), rows())).resolves.toBeUndefined();
  });
});
