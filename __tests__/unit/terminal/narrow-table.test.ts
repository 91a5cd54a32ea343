import { displayWidth } from '../../../src/terminal/display-width.ts';
import { writeRows } from '../../../src/terminal/output.ts';
import { columnTitle, columnWidths, localTime } from '../../../src/terminal/table.ts';
import { fakeTerminal } from '../../support/terminal.ts';

describe('columnWidths', () => {
  /** `12!`: it stays; `12?`: it may be cut; `12-`: it is empty. The last of the others go first. */
  const columnsOf = (text: string) =>
    text.split(' ').map((each, place) => ({
      natural: Number.parseInt(each, 10),
      isEmpty: each.includes('-'),
      mayCut: each.includes('?'),
      goes: each.includes('!') ? -1 : 100 - place,
    }));

  it.each([
    ['all that have room', '20! 10 36', 80, [20, 10, 36]],
    ['not the least important, though it is not the widest', '20! 36 30 10', 90, [20, 36, 30, undefined]],
    ['an empty column before one with content', '20! 10- 36', 60, [20, undefined, 36]],
    ['what may be cut, cut, before anything goes', '20! 40? 10', 50, [20, 16, 10]],
    ['the widest of what may be cut, cut to equal widths', '40? 30? 10', 54, [20, 20, 10]],
    ['no column where what may be cut would be unreadable', '20! 40? 10', 40, [20, 18, undefined]],
    ['a name whole while anything less important stands', '60! 20! 9 12?', 82, [60, 20, undefined, undefined]],
    ['names cut when nothing else is left', '70! 40! 9', 80, [39, 39, undefined]],
    ['narrow columns as they are, even when nothing fits', '8! 4!', 5, [8, 4]],
  ])('shows %s', (_name, columns, available, expected) => {
    expect(columnWidths(columnsOf(columns), available)).toEqual(expected);
  });
});

describe('columnTitle', () => {
  it.each([
    ['addedBy', 'ADDED BY'],
    ['listMemberId', 'LIST MEMBER ID'],
    ['name', 'NAME'],
  ])('writes %s as %s', (name, title) => {
    expect(columnTitle(name)).toBe(title);
  });
});

describe('localTime', () => {
  it.each([
    [new Date(2026, 0, 2, 3, 4, 59).getTime(), '2026-01-02 03:04'],
    [new Date(2026, 10, 21, 22, 30).toISOString(), '2026-11-21 22:30'],
    ['not a moment', 'not a moment'],
  ])('shows %s in the zone of this machine', (moment, expected) => {
    expect(localTime(moment)).toBe(expected);
  });
});

const columns = ['name', 'code', 'status', 'start', 'end', 'type', 'id'];
const layout = { leastFirst: ['id', 'type', 'end', 'start', 'status'], mayCut: ['type'] };
const row = {
  name: 'A campaign with a rather long name',
  code: 'CAMPAIGN-CODE',
  status: 'Completed',
  start: '',
  end: '2026-05-31',
  type: 'Direct Marketing',
  id: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0001',
};

async function printed(width: number, onlyColumns: boolean, isTTY = true) {
  const fake = fakeTerminal({ tty: { stdout: isTTY, stderr: isTTY }, columns: width, color: false });
  await writeRows(fake.terminal, { rows: [row, row], columns, layout, format: 'table', onlyColumns });
  return { lines: fake.stdout().trimEnd().split('\n'), said: fake.stderr() };
}

describe('a table', () => {
  it('fits 80 columns, and says on stderr what it has no room for', async () => {
    const { lines, said } = await printed(80, false);
    expect(lines.filter((line) => displayWidth(line) > 80)).toEqual([]);
    expect(lines[0]).toBe('NAME                                CODE           STATUS     END');
    expect(lines[1]).toContain(`${row.name}  ${row.code}`);
    // An empty column is nothing to miss.
    expect(said).toContain('No room for: type, id.');
  });

  it('has all columns on a wide terminal, and in a file', async () => {
    for (const wide of [await printed(200, false), await printed(80, false, false)]) {
      expect(wide.lines[1]).toContain(row.id);
      expect(wide.said).toBe('');
    }
  });

  it('lets a longer name further down take the room that is left in its line', async () => {
    const rows = Array.from({ length: 600 }, (_, at) => ({
      name: at < 599 ? 'short' : 'longer than short',
      code: 'X',
    }));
    const lines = async (columnsOfTerminal: number) => {
      const fake = fakeTerminal({ tty: { stdout: true }, columns: columnsOfTerminal, color: false });
      await writeRows(fake.terminal, { rows, columns: ['name', 'code'], format: 'table' });
      return fake.stdout().trimEnd().split('\n').slice(-2);
    };
    await expect(lines(80)).resolves.toEqual(['short  X', 'longer than short  X']);
    await expect(lines(16)).resolves.toEqual(['short  X', 'longer than…  X']);
  });

  it('keeps names and addresses whole in every line: what is less important there gives way', async () => {
    const layout = { leastFirst: ['id', 'type', 'addedBy'], mayCut: ['addedBy'] };
    const first = {
      type: 'lead',
      name: 'Kim Lee',
      email: 'kim@example.com',
      addedBy: 'dyncamp on this machine',
      id: '1',
    };
    const long = {
      ...first,
      name: 'Maximiliane-Katharina Oberhuber',
      email: 'maximiliane.oberhuber@nordlicht.example',
    };
    const rows = [...Array.from({ length: 500 }, () => first), long, { ...first, name: 'Kim Lee-Oberhuber' }];
    const fake = fakeTerminal({ tty: { stdout: true }, columns: 80, color: false });
    const columns = Object.keys(first);
    await writeRows(fake.terminal, { rows, columns, layout, format: 'table' });
    const [before, ...after] = fake.stdout().trimEnd().split('\n').slice(-3);
    expect(before).toBe('lead  Kim Lee  kim@example.com  dyncamp on this machine  1');
    expect(after).toEqual([
      `lead  ${long.name}  ${long.email}`,
      'lead  Kim Lee-Oberhuber  kim@example.com  dyncamp on this machine  1',
    ]);
  });

  it('cuts no address where blanks can give way, even when its column is cut', async () => {
    const names = ['Friedrich-Wilhelm von und zu Hohenfels', 'Kim Lee'];
    const email = 'a.rather.long.address@marketing.nordlicht.example';
    const fake = fakeTerminal({ tty: { stdout: true }, columns: 80, color: false });
    const layout = { leastFirst: [], mayCut: [] };
    const rows = names.map((name) => ({ name, email }));
    await writeRows(fake.terminal, { rows, columns: ['name', 'email'], layout, format: 'table' });
    const lines = fake.stdout().trimEnd().split('\n').slice(1);
    expect(lines[0]).toMatch(/^Friedrich-Wilhelm von und zu Hohenfels? {2}a\.rather\.long\.address@marketing\S*…$/);
    expect(lines[1]).toMatch(new RegExp(`^Kim Lee {3,}${email}$`));
    expect(lines.map(displayWidth)).toEqual([80, 80]);
  });

  it('leaves none out that the user named', async () => {
    const { lines, said } = await printed(80, true);
    expect(lines[0]).toMatch(/ID$/);
    expect(said).toBe('');
  });
});
