import { statePair } from '../../../../src/emulator/operations/new-row.ts';
import { buildSchema } from '../../../../src/emulator/schema/schema.ts';

describe('statePair', () => {
  const lead = buildSchema().tables.get('lead');
  const pair = (changes: Record<string, number>, current?: number): unknown =>
    lead === undefined ? undefined : statePair(lead, changes, current);

  it.each([
    [{}, 0, {}],
    [{ statuscode: 2 }, 0, { statecode: 0, statuscode: 2 }],
    [{ statecode: 1 }, 0, { statecode: 1, statuscode: 3 }],
    [{ statecode: 2, statuscode: 6 }, 0, { statecode: 2, statuscode: 6 }],
    [{ statecode: 1, statuscode: 3 }, 0, { statecode: 1, statuscode: 3 }],
  ])('%j on state %d gives %j', (changes, current, expected) => {
    expect(pair(changes, current)).toEqual(expected);
  });

  it.each([
    [{ statuscode: 4 }, 0],
    [{ statuscode: 99 }, 0],
    [{ statecode: 9 }, 0],
    [{ statecode: 1, statuscode: 1 }, 1],
    [{ statecode: 0, statuscode: 4 }, 0],
  ])('%j on state %d is no pair', (changes, current) => {
    expect(() => pair(changes, current)).toThrow(expect.objectContaining({ status: 400, code: '0x80048408' }));
  });
});
