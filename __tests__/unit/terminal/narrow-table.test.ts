import { displayWidth } from '../../../src/terminal/display-width.ts';
import { writeRows } from '../../../src/terminal/output.ts';
import { shownColumns } from '../../../src/terminal/table.ts';
import { fakeTerminal } from '../../support/terminal.ts';

describe('shownColumns', () => {
  it.each([
    ['all that have room', [20, 10, 36], 80, [0, 1, 2]],
    ['all when they can be cut and still be read', [22, 14, 36], 40, [0, 1, 2]],
    ['not the widest when there is too little room', [22, 14, 9, 16, 10, 10, 36], 80, [0, 1, 2, 3, 4, 5]],
    ['nor the next', [22, 14, 9, 16, 10, 10, 5, 8, 36], 80, [0, 1, 2, 4, 5, 6, 7]],
    ['of several as wide, those on the left', [10, 36, 36, 36], 40, [0, 1, 2]],
    ['the first, whatever its width', [90, 20, 20, 20], 26, [0, 1]],
  ])('shows %s', (_name, natural, available, expected) => {
    expect(shownColumns(natural, available)).toEqual(expected);
  });
});

const columns = ['name', 'code', 'status', 'start', 'end', 'type', 'id'];
const row = {
  name: 'A campaign with a rather long name',
  code: 'CAMPAIGN-CODE',
  status: 'Completed',
  start: '2026-03-01',
  end: '2026-05-31',
  type: 'Direct Marketing',
  id: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0001',
};

async function printed(width: number, onlyColumns: boolean, isTTY = true) {
  const fake = fakeTerminal({ tty: { stdout: isTTY, stderr: isTTY }, columns: width, color: false });
  await writeRows(fake.terminal, { rows: [row, row], columns, format: 'table', onlyColumns });
  return { lines: fake.stdout().trimEnd().split('\n'), said: fake.stderr() };
}

describe('a table', () => {
  it('fits 80 columns, and says on stderr what it has no room for', async () => {
    const { lines, said } = await printed(80, false);
    expect(lines.filter((line) => displayWidth(line) > 80)).toEqual([]);
    expect(lines[0]).toBe('NAME            CODE           STATUS     START       END         TYPE');
    expect(said).toContain('No room for: id.');
  });

  it('has all columns on a wide terminal, and in a file', async () => {
    for (const wide of [await printed(200, false), await printed(80, false, false)]) {
      expect(wide.lines[1]).toContain(row.id);
      expect(wide.said).toBe('');
    }
  });

  it('leaves none out that the user named', async () => {
    const { lines, said } = await printed(80, true);
    expect(lines[0]).toMatch(/ID$/);
    expect(said).toBe('');
  });
});
