import { keyColumnReads, keyColumnsOf } from '../../../src/people/key-columns.ts';
import { byColumn, type Rig } from './harness.ts';
import { truthOf } from './truth.ts';
import { useRigs } from './use-rigs.ts';

// What the table definitions forbid is asked on purpose: they may be unreadable (U37).
const { api, make, rigWith } = useRigs(
  { seed: 'none' },
  ['seventy', '12x', 'SEVENTY', '12X'].map((value) => `FetchXML: numberofemployees in ${value}`),
);
let rig: Rig;
beforeEach(() => {
  rig = rigWith();
});

describe('a column of numbers to match by', () => {
  const rules = { matchBy: 'numberofemployees' };

  it.each([
    ['whatever else is asked with it', 'CI_AI'],
    ['also where values are asked for in each case', 'turkish'],
  ] as const)('takes a value that is none for a fault of its row alone, %s', async (_, collation) => {
    api.switch({ collation });
    const campaign = await make.campaign();
    const number = collation === 'turkish' ? 70_472 : 70_471;
    const lead = await make.lead({ numberofemployees: number });
    const values = [...Array.from({ length: 40 }, (_, n) => String(900_000 + n)), String(number), 'seventy', '12x'];
    const attributes = { emailaddress1: 'by-number@x.example', lastname: 'Number' };
    const rows = values.map((value) => byColumn(value, value === 'seventy' ? attributes : {}));
    const added = await rig.add(campaign, rows, { rules: { ...rules, mayCreate: true } });
    expect(added.fatal).toBeUndefined();
    expect(added.names.slice(40)).toEqual(['added', 'invalid', 'invalid']);
    expect(new Set(added.names.slice(0, 40))).toEqual(new Set(['cannot-create']));
    expect(added.outcomes.at(-2)).toMatchObject({
      code: 'BAD_MATCH_VALUE',
      message: expect.stringContaining('"seventy"'),
    });
    expect((await truthOf(api, campaign)).people).toEqual([lead]);

    const removed = await rig.remove(campaign, rows, { removal: rules });
    expect(removed.names.slice(40)).toEqual(['removed', 'invalid', 'invalid']);
  });

  it('is known to be one, where the table definitions can be read', async () => {
    const typeOf = async (column: string) =>
      keyColumnsOf(column, await rig.dataverse.batch(keyColumnReads(column))).matchType;
    await expect(typeOf('NumberOfEmployees')).resolves.toBe('Integer');
    await expect(typeOf('emailaddress1')).resolves.toBe('String');
    await expect(typeOf('no_such_column')).resolves.toBeUndefined();
  });
});
