/** U39: who is meant where Dynamics takes for equal what is written otherwise, and the other way round. */
import { randomUUID } from 'node:crypto';
import { UNSETTLED } from '../../../src/emulator/switches.ts';
import { findSourceList } from '../../../src/people/members/source-list.ts';
import { byEmail } from './harness.ts';
import { leadsWith, truthOf } from './truth.ts';
import { useRigs } from './use-rigs.ts';

const { api, make, rigWith } = useRigs();

describe.each(UNSETTLED.collation.map((value) => [value] as const))('collation: %s', (collation) => {
  const ignoresAccents = collation !== 'CI_AS';
  const tagged = (address: string) => address.replace('@', `-${randomUUID().slice(0, 8)}@`);

  it('somebody whose address has an accent is not the one without: nobody is added, removed or made in their place', async () => {
    const [rig, campaign, plain] = [rigWith(), await make.campaign(), tagged('jose@x.example')];
    const accented = plain.replace('jose', 'jos\u00e9');
    const lead = await make.lead({ emailaddress1: accented });
    api.switch({ collation });
    expect((await rig.add(campaign, [byEmail(accented)])).names).toEqual(['added']);
    const added = await rig.add(campaign, [byEmail(plain, { lastname: 'New' })]);
    expect(added.outcomes).toEqual([
      expect.objectContaining(
        ignoresAccents ? { outcome: 'cannot-create', code: 'SIMILAR_EMAIL' } : { outcome: 'added', created: true },
      ),
    ]);
    // Read until nothing is late any more (U22).
    expect((await truthOf(api, campaign)).people).toHaveLength(ignoresAccents ? 1 : 2);
    expect((await rig.remove(campaign, [byEmail(plain)])).names).toEqual([ignoresAccents ? 'not-found' : 'removed']);
    expect((await truthOf(api, campaign)).people).toEqual([lead]);
  });

  it('of two whom Dynamics takes for equal, the exact one is meant', async () => {
    const [rig, campaign, plain] = [rigWith(), await make.campaign(), tagged('rene@x.example')];
    const lead = await make.lead({ emailaddress1: plain });
    await make.lead({ emailaddress1: plain.replace('rene', 'ren\u00e9') });
    api.switch({ collation });
    expect((await rig.add(campaign, [byEmail(plain)])).names).toEqual(['added']);
    expect((await truthOf(api, campaign)).people).toEqual([lead]);
  });

  it.each([
    ['KIM@X.EXAMPLE', 'kim@x.example'],
    ['kim@x.example', 'KIM@X.EXAMPLE'],
  ])('%s in Dynamics is %s in the input, and is not made a second time', async (stored, asked) => {
    const [rig, campaign, tag] = [rigWith(), await make.campaign(), randomUUID().slice(0, 8).replace(/[a-f]/g, '7')];
    const lead = await make.lead({ emailaddress1: stored.replace('@', `-${tag}@`) });
    api.switch({ collation });
    const added = await rig.add(campaign, [byEmail(asked.replace('@', `-${tag}@`), { lastname: 'New' })]);
    expect(added.names).toEqual(['added']);
    expect((await truthOf(api, campaign)).people).toEqual([lead]);
    api.switch({ collation: 'CI_AI' });
    expect(await leadsWith(api, stored.replace('@', `-${tag}@`))).toHaveLength(1);
  });

  it('a campaign and a list of another text are not taken for the one that is named', async () => {
    const tag = randomUUID();
    const list = await make.leadList({ listname: `Caf\u00e9 Kim ${tag}` });
    api.switch({ collation });
    const { dataverse } = rigWith();
    const find = (name: string) => findSourceList(dataverse, `${name} ${tag}`);
    await expect(find('Cafe Kim')).rejects.toMatchObject({ code: 'SOURCE_LIST_NOT_FOUND' });
    expect(await find('CAF\u00c9 KIM')).toMatchObject({ id: list });
    await make.leadList({ listname: `Cafe Kim ${tag}` });
    expect(await find('Caf\u00e9 Kim')).toMatchObject({ id: list });
  });
});
