/** The captures in docs/screens/: made by scripts/screens.mjs, not by hand, on a terminal of 80 columns. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { displayWidth } from '../../src/terminal/display-width.ts';

const folder = join(__dirname, '../../docs/screens');
const screen = (name: string): string => readFileSync(join(folder, name), 'utf8');
const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));
const ESCAPE = '\u001b';

describe('docs/screens', () => {
  it.each(names)('%s is plain text that fits 80 columns and begins with its command', (name) => {
    const text = screen(name);
    expect(text).toMatch(/^\$ dyncamp /);
    expect(text).not.toContain(ESCAPE);
    expect(text.split('\n').filter((line) => displayWidth(line) > 80)).toEqual([]);
  });

  it.each([
    ['campaigns-list.txt', /^NAME .* CONTACTS$/m],
    ['add-in-progress.txt', /\d+ people.*, waiting \d+ s for the server/m],
    ['add-summary.txt', /^Added 12000\. Failed 2: 1 invalid, 1 cannot-create\./m],
    ['sync-check.txt', /^ {2}PROBLEM +lists\.unlocked/m],
  ])('%s shows what it is for', (name, expected) => {
    expect(screen(name)).toMatch(expected);
  });

  it('lists them all on its page', () => {
    const linked = [...screen('README.md').matchAll(/\((\S+\.txt)\)/g)].map(([, name]) => name);
    expect(linked.sort()).toEqual([...names].sort());
  });
});
