import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema } from '../../../../src/emulator/schema/schema.ts';
import type { RowStore } from '../../../../src/emulator/store/store.ts';
import { openStore } from '../../../../src/emulator/store/store.ts';

const A = '00000000-0000-0000-0000-00000000000a';
const B = '00000000-0000-0000-0000-00000000000b';
const LIST = '00000000-0000-0000-0000-0000000000f1';

describe('openStore', () => {
  let store: RowStore;
  beforeEach(() => {
    store = openStore({ path: ':memory:', schema: buildSchema() });
  });
  afterEach(() => store.close());

  it('gives back what was inserted, without nulls, and counts row versions up', () => {
    store.insert('lead', { leadid: A, lastname: 'Ä', donotemail: true, revenue: 1.5, fax: null });
    store.insert('lead', { leadid: B, donotemail: false });
    const a = store.get('lead', A);
    expect(a).toEqual({ leadid: A, lastname: 'Ä', donotemail: true, revenue: 1.5, versionnumber: 1_000_001 });
    expect(store.get('lead', B.toUpperCase())).toEqual({ leadid: B, donotemail: false, versionnumber: 1_000_002 });
  });

  it('refuses a key that is taken and changes nothing', () => {
    expect(store.insert('lead', { leadid: A, lastname: 'first' })).toBe(true);
    expect(store.insert('lead', { leadid: A, lastname: 'second' })).toBe(false);
    expect(store.get('lead', A)?.lastname).toBe('first');
  });

  it('updates and removes only rows that are there', () => {
    expect(store.update('lead', A, { lastname: 'x' })).toBe(false);
    store.insert('lead', { leadid: A, lastname: 'x', fax: '1' });
    expect(store.update('lead', A, { lastname: 'y', fax: null })).toBe(true);
    expect(store.get('lead', A)).toEqual({ leadid: A, lastname: 'y', versionnumber: 1_000_003 });
    expect(store.remove('lead', A)).toBe(true);
    expect(store.remove('lead', A)).toBe(false);
  });

  it('finds text without regard to case but without regard to accents, also after an update', () => {
    store.insert('lead', { leadid: A, emailaddress1: 'Ä@X.de' });
    const found = (emailaddress1: string): number => [...store.find('lead', { emailaddress1 })].length;
    expect([found('ä@x.DE'), found('a@x.de'), found('o@x.de')]).toEqual([1, 1, 0]);
    store.update('lead', A, { emailaddress1: 'Ö@x.de' });
    expect([found('ä@x.DE'), found('a@x.de'), found('o@x.de')]).toEqual([0, 0, 1]);
  });

  it('lets rows be removed while they are gone through, beyond one chunk', () => {
    const id = (n: number): string => `00000000-0000-0000-0000-${n.toString(16).padStart(12, '0')}`;
    store.transaction(() => {
      for (let n = 0; n < 2500; n += 1) store.insert('listmember', { listmemberid: id(n), _listid_value: LIST });
    });
    let removed = 0;
    for (const row of store.find('listmember', { _listid_value: LIST }))
      if (store.remove('listmember', String(row.listmemberid))) removed += 1;
    expect(removed).toBe(2500);
    expect([...store.find('listmember', {})]).toEqual([]);
  });

  it('rolls a failed transaction back, and only the inner one when the outer goes on', () => {
    const fail = (): never => {
      throw new Error('no');
    };
    const insertAndFail = (id: string) => (): void => {
      store.insert('lead', { leadid: id });
      fail();
    };
    expect(() => store.transaction(insertAndFail(A))).toThrow('no');
    expect(store.get('lead', A)).toBeUndefined();
    store.transaction(() => {
      store.insert('lead', { leadid: B });
      expect(() => store.transaction(insertAndFail(A))).toThrow('no');
    });
    expect([store.get('lead', A), store.get('lead', B)?.leadid]).toEqual([undefined, B]);
  });

  it('streams a selection and may be asked the same thing inside it', () => {
    store.insert('lead', { leadid: A });
    store.insert('lead', { leadid: B });
    const sql = 'SELECT leadid FROM lead ORDER BY leadid';
    const pairs: string[] = [];
    for (const outer of store.select(sql, []))
      for (const inner of store.select(sql, [])) pairs.push(`${outer.leadid}`.slice(-1) + `${inner.leadid}`.slice(-1));
    expect(pairs).toEqual(['aa', 'ab', 'ba', 'bb']);
  });

  it('throws on a column that the table does not have', () => {
    expect(() => store.insert('lead', { leadid: A, nosuch: 1 })).toThrow('column nosuch is not in table lead');
  });
});

describe('openStore on a file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'store-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('makes a private file, keeps rows and settings, and adds columns of a wider schema', () => {
    const path = join(folder, 'a.db');
    const first = openStore({ path, schema: buildSchema() });
    first.insert('lead', { leadid: A, lastname: 'x' });
    first.setSetting('seed', 'small');
    first.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const schema = buildSchema([{ table: 'lead', name: 'new_marketoid', type: 'string', indexed: true }]);
    const second = openStore({ path, schema });
    second.update('lead', A, { new_marketoid: 'Ä1' });
    expect([...second.find('lead', { new_marketoid: 'ä1' })].map((row) => row.lastname)).toEqual(['x']);
    expect([second.getSetting('seed'), second.getSetting('other')]).toEqual(['small', undefined]);
    second.close();
  });

  it('is shared by two connections', () => {
    const path = join(folder, 'b.db');
    const one = openStore({ path, schema: buildSchema() });
    const two = openStore({ path, schema: buildSchema() });
    one.insert('lead', { leadid: A });
    two.insert('lead', { leadid: B });
    expect(one.get('lead', B)?.versionnumber).toBe(1_000_002);
    one.close();
    two.close();
  });
});
