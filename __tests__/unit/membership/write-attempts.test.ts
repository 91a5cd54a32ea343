import { CampaignError } from '../../../src/errors.ts';
import { attemptUntilKnown } from '../../../src/membership/write-attempts.ts';

type Tried = { readonly change: object; readonly name: string; readonly tries: number; readonly result: unknown };

const begun: readonly Tried[] = ['a', 'b', 'c', 'd'].map((name) => ({
  change: { name },
  name,
  tries: 0,
  result: undefined,
}));
const changeOf = ({ change }: Tried) => change;
const known = (person: Tried): Tried => ({ ...person, result: `${person.name} is in` });
const again = (person: Tried): Tried => ({ ...person, tries: person.tries + 1 });

describe('attemptUntilKnown', () => {
  it('gives everybody back in their own place, in whatever order they were tried', async () => {
    const { people } = await attemptUntilKnown(begun, changeOf, async (open) => ({
      people: [...open].reverse().map(known),
      fatal: undefined,
    }));
    expect(people.map(({ result }) => result)).toEqual(['a is in', 'b is in', 'c is in', 'd is in']);
  });

  it('tries again only who is open, and leaves the others as they were', async () => {
    const rounds: string[] = [];
    const { people } = await attemptUntilKnown(begun, changeOf, async (open) => {
      rounds.push(open.map(({ name }) => name).join(''));
      return { people: open.map((person, place) => (place === 0 ? known(person) : again(person))), fatal: undefined };
    });
    expect(rounds).toEqual(['abcd', 'bcd', 'cd', 'd']);
    expect(people.map(({ result }) => result)).toEqual(['a is in', 'b is in', 'c is in', 'd is in']);
  });

  it('keeps as they were those whom an attempt did not come to', async () => {
    const fatal = new CampaignError('LIST_LOCKED', 'The list is locked.');
    const { people, ...end } = await attemptUntilKnown(begun, changeOf, async (open) => ({
      people: open.slice(1, 2).map(known),
      fatal,
    }));
    expect(end.fatal).toBe(fatal);
    expect(people.map(({ name, result }) => [name, result])).toEqual([
      ['a', undefined],
      ['b', 'b is in'],
      ['c', undefined],
      ['d', undefined],
    ]);
  });
});
