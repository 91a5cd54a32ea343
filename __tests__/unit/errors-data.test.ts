/** docs/errors.data.json, held against the sources: every code that src/ says is explained, and nothing else is. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as errors from '../../src/errors.ts';
import { OUTCOME_KINDS } from '../../src/events.ts';
import { EXIT, exitCodeOf } from '../../src/terminal/exit-codes.ts';

const root = join(__dirname, '../..');

type Group = {
  readonly title: string;
  readonly kind: 'error' | 'row' | 'warning' | 'notice';
  readonly exit: number | null;
  /** What it means, what comes next, and the exit code that it has elsewhere. */
  readonly codes: Readonly<Record<string, readonly [string, string, number?]>>;
};
type Data = {
  readonly exitCodes: readonly (readonly [string, string])[];
  readonly outcomes: readonly (readonly [string, string, string, string])[];
  readonly groups: readonly Group[];
};
const data: Data = JSON.parse(readFileSync(join(root, 'docs/errors.data.json'), 'utf8'));
const explained = data.groups.flatMap(({ codes }) => Object.keys(codes));

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.startsWith('emulator'))
  .map((name) => ({ name, text: readFileSync(join(root, 'src', name), 'utf8') }));

/** Names of the same look: variables of the environment, and codes of Node, undici and SQLite. */
const NO_CODE = /^(AZURE_(?!CLI_)|DYNCAMP_|XDG_|HTTPS?_PROXY|SQLITE_(?!MISSING)|UND_ERR|EAI_|ERR_|MODULE_NOT_FOUND)/;

/** Codes of one word look like other words: they count where something is raised or said. */
const CODES = [
  /'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g,
  /Error\(\s*'([A-Z]+)'/g,
  /(?:warn|notice|noticeCounts)\(\s*[\w.]+,\s*'([A-Z]+)'/g,
  /\bcode: '([A-Z]+)'/g,
  /\bcode = [^;]*'([A-Z]+)'/g,
];
const said = new Set(
  sources.flatMap(({ text }) => CODES.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code = '']) => code))),
);

/** commander's own, in dyncamp's spelling (usage-error.ts). */
const library = join(root, 'node_modules/commander/lib');
const commander = readdirSync(library)
  .map((name) => readFileSync(join(library, name), 'utf8'))
  .join('');
const usage = [...commander.matchAll(/'commander\.(\w+)'/g)]
  .map(([, code = '']) => code.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase())
  .filter((code) => !['HELP', 'HELP_DISPLAYED', 'VERSION', 'ERROR', 'EXECUTE_SUB_COMMAND_ASYNC'].includes(code));

const all = [...new Set([...said, ...usage])].filter((code) => !NO_CODE.test(code)).sort();

const ERRORS = {
  UsageError: errors.UsageError,
  SettingsError: errors.SettingsError,
  CampaignError: errors.CampaignError,
  AuthenticationError: errors.AuthenticationError,
  PrivilegeError: errors.PrivilegeError,
  InputError: errors.InputError,
  TemporaryError: errors.TemporaryError,
  DataverseError: errors.DataverseError,
};
const raised = sources.flatMap(({ name, text }) =>
  Object.entries(ERRORS).flatMap(([type, make]) =>
    [...text.matchAll(new RegExp(`new ${type}\\(\\s*'([A-Z_]+)'`, 'g'))].map(
      ([, code = '']) => [code, name, exitCodeOf(new make(code, ''))] as const,
    ),
  ),
);
const groupOf = (code: string): Group | undefined => data.groups.find(({ codes }) => code in codes);

describe('docs/errors.data.json', () => {
  it('explains every code that is said, once, and no other', () => {
    expect(all.length).toBeGreaterThan(200);
    expect([...explained].sort()).toEqual(all);
  });

  it('says of each code what it means and what comes next', () => {
    for (const [code, [means, next]] of data.groups.flatMap(({ codes }) => Object.entries(codes)))
      expect({ code, isText: /\w{3}.*\.$/.test(means) && /\w{3}.*\.$/.test(next) }).toEqual({ code, isText: true });
  });

  it.each(raised)('gives %s (%s) the exit code that it ends with', (code, _name, exit) => {
    const group = groupOf(code);
    // Some codes end the command in one place and are a row's outcome in another.
    expect(group?.kind === 'row' || [group?.exit, group?.codes[code]?.[2]].includes(exit)).toBe(true);
  });

  it('has every exit code and every outcome', () => {
    expect(data.exitCodes.map(([code]) => Number(code)).sort((one, other) => one - other)).toEqual(
      Object.values(EXIT).sort((one, other) => one - other),
    );
    expect(Object.fromEntries(data.outcomes.map(([name, kind]) => [name, kind]))).toEqual(OUTCOME_KINDS);
  });
});
