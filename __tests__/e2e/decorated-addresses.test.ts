/** An address is one person, however it is written: nobody is lost, doubled or wrongly removed. */
import fc from 'fast-check';
import { type CampaignCli, useCampaignCli } from '../support/campaign-cli.ts';
import { type Decorated, decorated } from '../support/decorated-address.ts';

const cli: CampaignCli = useCampaignCli();

/** 200 decorations in few processes. */
const RUNS = 2;
const PEOPLE = 100;
let batch = 0;

const addressesOf = (kind: string): readonly string[] => {
  batch += 1;
  return Array.from({ length: PEOPLE }, (_, n) => `kim.o'hara-${kind}${batch}x${n}@b\u00FCcher.example`);
};

const csv = (emails: readonly string[]): string =>
  ['email,last name', ...emails.map((email, n) => `"${email.replaceAll('"', '""')}",Doe ${n}`), ''].join('\r\n');

let files = 0;
const file = (emails: readonly string[]): string => {
  files += 1;
  return cli.file(`decorated-${files}.csv`, csv(emails));
};

const each = (addresses: readonly string[], by: readonly Decorated[]): readonly string[] =>
  addresses.map((address, n) => by[n]?.decorate(address) ?? address);

const many = fc.array(decorated, { minLength: PEOPLE, maxLength: PEOPLE });
const check = (property: (one: readonly Decorated[], other: readonly Decorated[]) => Promise<void>) =>
  fc.assert(fc.asyncProperty(many, many, property), { numRuns: RUNS, endOnFailure: true });

describe('decorated addresses of people whom Dynamics has', () => {
  it('add them, or say that they look alike; protect them in `apply`; leave them out in --exclude; make nobody', async () => {
    await check(async (one) => {
      const addresses = addressesOf('old');
      await Promise.all(addresses.map((emailaddress1) => cli.make.lead({ emailaddress1, lastname: 'Doe' })));
      const spelled = file(each(addresses, one));
      const campaign = await cli.make.campaign();

      const added = await cli.outcomes(['add', campaign, '-f', spelled]);
      const wrong = added.rows.filter(({ outcome, code }, n) =>
        one[n]?.isAlike ? outcome !== 'added' && code !== 'SIMILAR_EMAIL' : outcome !== 'added',
      );
      expect(wrong).toEqual([]);
      expect(added.told.filter((text) => text.startsWith('created'))).toEqual([]);

      await cli.change(['add', campaign, '-f', file(addresses)]);
      for (const more of [['--no-create'], []]) {
        const applied = await cli.change(['apply', campaign, '-f', spelled, '--yes', ...more]);
        expect(applied.told).toEqual([]);
      }
      expect(await cli.peopleIn(campaign)).toHaveLength(PEOPLE);

      const other = await cli.make.campaign();
      const excluded = await cli.outcomes(['add', other, '-f', file(addresses), '--exclude', spelled]);
      expect(new Set(excluded.rows.map(({ outcome }) => outcome))).toEqual(new Set(['excluded']));
    });
  }, 400_000);
});

describe('decorated addresses of new people', () => {
  it('make one record each, in one input and in the next', async () => {
    await check(async (one, other) => {
      const addresses = addressesOf('new');
      const [first, second] = [each(addresses, one), each(addresses, other)];
      const campaign = await cli.make.campaign();
      const added = await cli.outcomes(['add', campaign, '-f', file([...first, ...second])]);
      expect(added.told.filter((text) => text.startsWith('created'))).toHaveLength(PEOPLE);
      expect(added.rows.slice(0, PEOPLE).filter(({ outcome }) => outcome !== 'added')).toEqual([]);
      expect(
        added.rows
          .slice(PEOPLE)
          .filter(({ outcome, code }) => outcome !== 'duplicate-input' && code !== 'SIMILAR_EMAIL'),
      ).toEqual([]);
      for (const again of [second, addresses]) {
        const repeated = await cli.outcomes(['add', campaign, '-f', file(again)]);
        expect(repeated.told).toEqual([]);
        expect(
          repeated.rows.filter(({ outcome, code }) => outcome !== 'already-member' && code !== 'SIMILAR_EMAIL'),
        ).toEqual([]);
      }
      expect(await cli.peopleIn(campaign)).toHaveLength(PEOPLE);
    });
  }, 400_000);
});
