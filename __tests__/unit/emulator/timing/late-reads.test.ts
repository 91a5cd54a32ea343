import { buildSchema } from '../../../../src/emulator/schema/schema.ts';
import { openStore } from '../../../../src/emulator/store/store.ts';
import { openLateReads, type RowChange, trackedStore } from '../../../../src/emulator/timing/late-reads.ts';

const schema = buildSchema([]);
const id = '11111111-1111-4111-8111-111111111111';

function setUp() {
  const store = openStore({ path: ':memory:', schema });
  const changes: RowChange[] = [];
  const tracked = trackedStore(store, schema, { work: { rowsWritten: 0 }, changes });
  const late = openLateReads();
  const name = () =>
    late.read(
      store,
      () => store.get('lead', id)?.lastname,
      () => ['lead'],
    );
  return { store, tracked, changes, late, name };
}

describe('openLateReads', () => {
  it('shows an insertion only after so many reads', () => {
    const { tracked, changes, late, name } = setUp();
    tracked.insert('lead', { leadid: id, lastname: 'New' });
    late.hold(changes, 2);
    expect([name(), name(), name()]).toEqual([undefined, undefined, 'New']);
  });

  it('shows the old values of a changed row', () => {
    const { store, tracked, changes, late, name } = setUp();
    store.insert('lead', { leadid: id, lastname: 'Old' });
    tracked.update('lead', id, { lastname: 'New' });
    late.hold(changes, 1);
    expect([name(), name()]).toEqual(['Old', 'New']);
  });

  it('shows a removed row for a while', () => {
    const { store, tracked, changes, late, name } = setUp();
    store.insert('lead', { leadid: id, lastname: 'Old' });
    tracked.remove('lead', id);
    late.hold(changes, 1);
    expect([name(), name()]).toEqual(['Old', undefined]);
  });

  it('counts only reads of the table that was written', () => {
    const { store, tracked, changes, late, name } = setUp();
    tracked.insert('lead', { leadid: id, lastname: 'New' });
    late.hold(changes, 1);
    late.read(
      store,
      () => undefined,
      () => ['contact'],
    );
    expect([name(), name()]).toEqual([undefined, 'New']);
  });

  it('is over when told so', () => {
    const { tracked, changes, late, name } = setUp();
    tracked.insert('lead', { leadid: id, lastname: 'New' });
    late.hold(changes, 3);
    late.showAll();
    expect(name()).toBe('New');
  });

  it('passes on what a late read throws, and keeps the store as it was', () => {
    const { store, tracked, changes, late, name } = setUp();
    tracked.insert('lead', { leadid: id, lastname: 'New' });
    late.hold(changes, 1);
    const failing = () => {
      throw new Error('refused');
    };
    expect(() => late.read(store, failing, () => ['lead'])).toThrow('refused');
    expect(name()).toBe('New');
  });

  it('forgets the changes of a transaction that was rolled back', () => {
    const { tracked, changes } = setUp();
    expect(() =>
      tracked.transaction(() => {
        tracked.insert('lead', { leadid: id, lastname: 'New' });
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(changes).toEqual([]);
  });
});
