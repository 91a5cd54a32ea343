/** Who may import whom in src/, type imports counted. The only place where it is checked. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** From the process edge down to the settings: a folder may import what stands below it, and one that stands beside it. */
const LAYERS = [
  ['cli'],
  ['commands'],
  ['run'],
  ['change'],
  ['people', 'sync'],
  ['campaign', 'input'],
  ['journal', 'dataverse'],
  ['transport'],
  ['auth'],
  ['settings'],
] as const;

/** Beside the rule: `sync` repairs by changes, and journal and dataverse know nothing of each other. */
const ALLOWED = ['sync → change'];
const FORBIDDEN = ['journal → dataverse', 'dataverse → journal'];

/** Streams and what they show; told what to show, it knows nobody. */
const TERMINAL_USERS = ['main', 'cli', 'commands', 'run'];
/** Who may start the emulator: its command, and the wiring of the built-in profile. */
const EMULATOR_USERS = ['commands', 'run'];
/** Loose in src/, for everybody but the emulator; of ours they import each other at most. */
const LEAVES = ['errors.ts', 'events.ts', 'text.ts', 'json.ts', 'guid.ts', 'version.ts'];

/** Homes other than the folder. */
const OTHER_HOMES: Readonly<Record<string, string>> = {
  // What an address is: by it the input is read, and it knows nobody.
  'people/identity.ts': 'leaf',
};

/** What is wrong today. These numbers only ever fall: whoever mends something lowers them, and 0 is where they end. */
const KNOWN = { violations: 0, filesInCircles: 0 };

/** Packages and the one file (or folder) that may import each. */
const ADAPTERS: Readonly<Record<string, readonly string[]>> = {
  undici: ['transport/undici-send.ts'],
  '@azure/msal-node': ['auth/'],
  conf: ['settings/profile-store.ts'],
  ora: ['terminal/progress.ts'],
  chalk: ['terminal/paint.ts'],
  '@inquirer': ['terminal/prompt.ts'],
  'csv-parse': ['input/cells.ts'],
  libsql: ['journal/require-sqlite.ts', 'emulator/store/'],
  saxes: ['emulator/fetchxml/read-fetch.ts'],
};

type Import = { readonly file: string; readonly target: string };

const root = join(__dirname, '../../src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const imports = files.flatMap((file): readonly Import[] => {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(/(?:import|export)\s[^'";]*?from\s+'([^']+)'|import\(\s*'([^']+)'|import\s+'([^']+)'/g);
  return [...found].map(([, from, lazy, bare]) => ({ file, target: from ?? lazy ?? bare ?? '' }));
});
const ours = imports
  .filter(({ target }) => target.startsWith('.'))
  .map(({ file, target }) => ({ file, target: relative(root, join(root, dirname(file), target)) }));

function homeOf(file: string): string {
  const [known = ''] = Object.keys(OTHER_HOMES)
    .filter((beginning) => file.startsWith(beginning))
    .sort((a, b) => b.length - a.length);
  if (known !== '') return OTHER_HOMES[known] ?? '';
  if (LEAVES.includes(file)) return 'leaf';
  return file.includes('/') ? (file.split('/')[0] ?? '') : file.replace(/\.ts$/, '');
}

const depthOf = (home: string): number => LAYERS.findIndex((layer) => layer.some((name) => name === home));

function isAllowed({ file, target }: Import): boolean {
  const [from, to] = [homeOf(file), homeOf(target)];
  if (from === to) return true;
  if (to === 'emulator') return EMULATOR_USERS.includes(from);
  if (from === 'emulator' || from === 'leaf') return false;
  if (to === 'leaf') return true;
  if (to === 'terminal') return TERMINAL_USERS.includes(from);
  if (from === 'main') return true;
  if (ALLOWED.includes(`${from} → ${to}`)) return true;
  return !FORBIDDEN.includes(`${from} → ${to}`) && depthOf(from) >= 0 && depthOf(from) <= depthOf(to);
}

/** The files that reach themselves over what they import. */
function filesInCircles(): readonly string[] {
  const next = new Map<string, string[]>();
  for (const { file, target } of ours) next.set(file, [...(next.get(file) ?? []), target]);
  return files.filter((file) => {
    const seen = new Set<string>();
    const open = [...(next.get(file) ?? [])];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      open.push(...(next.get(at) ?? []));
    }
    return seen.has(file);
  });
}

/** The list, if it is longer than it was. */
const more = (found: readonly string[], known: number): readonly string[] =>
  found.length > known ? [`${found.length} instead of ${known} at most:`, ...found] : [];

describe('layers', () => {
  it('know every file of src/', () => {
    const homes = new Set(['main', 'leaf', 'terminal', 'emulator', ...LAYERS.flat()]);
    expect(files.filter((file) => !homes.has(homeOf(file)))).toEqual([]);
    expect(ours.length).toBeGreaterThan(500);
  });

  it('import only what lies below', () => {
    const wrong = ours.filter((each) => !isAllowed(each));
    const lines = wrong.map(({ file, target }) => `${homeOf(file)} → ${homeOf(target)}: ${file} imports ${target}`);
    expect(more(lines.sort(), KNOWN.violations)).toEqual([]);
  });

  it('have no circles', () => {
    expect(more(filesInCircles(), KNOWN.filesInCircles)).toEqual([]);
  });

  it('leave the emulator alone, and the emulator them', () => {
    const between = ours.filter(
      ({ file, target }) => (homeOf(file) === 'emulator') !== (homeOf(target) === 'emulator'),
    );
    expect(between.filter((each) => !isAllowed(each))).toEqual([]);
  });

  it.each(Object.keys(ADAPTERS))('import %s in its adapter only', (name) => {
    const users = imports.filter(({ target }) => target === name || target.startsWith(`${name}/`));
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter(({ file }) => !ADAPTERS[name]?.some((adapter) => file.startsWith(adapter)))).toEqual([]);
  });
});
