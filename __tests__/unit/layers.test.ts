/** The layers, held against every import of src/: what the linter's name patterns cannot tell (which errors.ts is meant) is told here. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(__dirname, '../../src');

/** What a folder may import besides its own files and Node's. Top-level files are named by themselves. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  emulator: [],
  transport: ['errors.ts', 'organization-url.ts'],
  terminal: ['errors.ts', 'line-pieces.ts'],
  settings: ['errors.ts', 'organization-url.ts', 'private-directory.ts'],
  auth: ['errors.ts', 'organization-url.ts', 'private-directory.ts', 'transport'],
  journal: ['errors.ts', 'line-pieces.ts', 'private-directory.ts', 'sqlite.ts'],
  dataverse: ['errors.ts', 'transport'],
  people: [],
  // `membership` for the types and tables that have not moved yet.
  input: ['errors.ts', 'did-you-mean.ts', 'dataverse', 'transport', 'people', 'membership'],
  // On the way to `change → people, campaign`: until these have left membership/, the two know each other.
  change: ['errors.ts', 'dataverse', 'input', 'journal', 'membership'],
  membership: [
    'errors.ts',
    'did-you-mean.ts',
    'line-pieces.ts',
    'dataverse',
    'input',
    'journal',
    'people',
    'transport',
    'change',
  ],
};

/** Who may start the emulator: its command and the wiring of the built-in profile. */
const EMULATOR_USERS = ['connect.ts', 'commands/serve-emulator.ts'];

/** Packages and the one file (or folder) that may import each. */
const ADAPTERS: Readonly<Record<string, readonly string[]>> = {
  undici: ['transport/undici-send.ts'],
  '@azure/msal-node': ['auth/'],
  conf: ['settings/profile-store.ts'],
  ora: ['terminal/progress.ts'],
  chalk: ['terminal/paint.ts'],
  'csv-parse': ['input/csv.ts'],
  libsql: ['sqlite.ts', 'emulator/store/'],
  saxes: ['emulator/fetchxml/read-xml.ts'],
};

type Import = { readonly file: string; readonly target: string; readonly isType: boolean };

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const imports = files.flatMap((file): Import[] => {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(
    /(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|import\s+'([^']+)'/g,
  );
  return [...found].map(([, type, from, lazy, bare]) => ({
    file,
    target: from ?? lazy ?? bare ?? '',
    isType: type !== undefined,
  }));
});
const resolved = imports
  .filter(({ target }) => target.startsWith('.'))
  .map((each) => ({ ...each, target: relative(root, join(root, dirname(each.file), each.target)) }));
const layerOf = (file: string): string => file.split('/')[0] ?? file;

describe('layers', () => {
  it('reads the imports of every file', () => {
    expect(resolved.length).toBeGreaterThan(500);
  });

  it.each(Object.keys(ALLOWED))('%s imports only what lies below it', (layer) => {
    const wrong = resolved
      .filter(({ file }) => layerOf(file) === layer)
      .filter(({ target }) => layerOf(target) !== layer && !ALLOWED[layer]?.includes(layerOf(target)));
    expect(wrong).toEqual([]);
  });

  it.each(['errors.ts', 'did-you-mean.ts', 'organization-url.ts', 'private-directory.ts'])(
    '%s is a leaf: of ours it imports errors.ts at most',
    (leaf) => {
      const wrong = resolved.filter(({ file, target }) => file === leaf && target !== 'errors.ts');
      expect(wrong).toEqual([]);
    },
  );

  it('starts the emulator from its command and the wiring only', () => {
    const users = resolved.filter(({ file, target }) => layerOf(target) === 'emulator' && layerOf(file) !== 'emulator');
    expect(users.filter(({ file }) => !EMULATOR_USERS.includes(file))).toEqual([]);
  });

  it.each(Object.keys(ADAPTERS))('imports %s in its adapter only', (name) => {
    const users = imports.filter(({ target }) => target === name || target.startsWith(`${name}/`));
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter(({ file }) => !ADAPTERS[name]?.some((adapter) => file.startsWith(adapter)))).toEqual([]);
  });
});
