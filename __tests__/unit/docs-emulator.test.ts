/** docs/emulator.md: its JSON is what the emulator takes, and nothing that the emulator takes is left out. */
import { readFileSync } from 'node:fs';
import { EFFECTS, parseFaults } from '../../src/emulator/faults/fault.ts';
import { parseSeed, SEED_TABLES } from '../../src/emulator/seed/seed.ts';

const text = readFileSync('docs/emulator.md', 'utf8');
const blocks = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) => json);

/** The words between quotes of a list in the source. */
const wordsOf = (path: string, pattern: RegExp): readonly string[] =>
  [...(pattern.exec(readFileSync(path, 'utf8'))?.[1] ?? '').matchAll(/'([^']+)'/g)].map(([, word = '']) => word);

describe('docs/emulator.md', () => {
  it('shows a seed and faults as they are read', () => {
    expect(blocks).toHaveLength(2);
    expect(Object.keys(parseSeed(blocks[0] ?? ''))).toContain('privileges');
    expect(parseFaults(JSON.parse(blocks[1] ?? ''))).toHaveLength(3);
  });

  it.each([
    ['section of a seed', Object.keys(SEED_TABLES)],
    ['effect', Object.keys(EFFECTS)],
    ['request', wordsOf('src/emulator/admin/admin-requests.ts', /const ROUTES[^=]*=> unknown>> = \{([\s\S]*?)\n\};/)],
  ])('names every %s', (_what, words) => {
    expect(words.length).toBeGreaterThan(8);
    expect(words.filter((word) => !text.includes(word.replace(' members', ' members/LISTID')))).toEqual([]);
  });
});
