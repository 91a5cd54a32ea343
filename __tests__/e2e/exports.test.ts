/** `dyncamp/emulator` and `dyncamp/events`, as somebody else's project has them: by the package's name, as built, with their types. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { createHome, jsonLines, runCli } from '../support/run-cli.ts';

const root = join(__dirname, '../..');

const CONSUMER = `
import { type Emulator, type EmulatorOptions, type Fault, type Switches, startEmulator } from 'dyncamp/emulator';

const fault: Fault = { match: { operation: 'WhoAmI', nth: 2 }, effect: { kind: 'status', status: 503 } };
const switches: Partial<Switches> = { addExistingMember: 'error' };
const options: EmulatorOptions = { seed: 'none', faults: [fault], switches };
const emulator: Emulator = await startEmulator(options);
const ask = async (): Promise<number> =>
  (await fetch(\`\${emulator.url}/api/data/v9.2/WhoAmI\`, { headers: { Authorization: 'Bearer any', 'OData-Version': '4.0' } })).status;
const statuses: number[] = [await ask(), await ask()];
const logged: number[] = emulator.requests().map((entry) => entry.status);
console.log(JSON.stringify({ statuses, logged, id: emulator.organizationId, set: emulator.admin.switches().addExistingMember }));
await emulator.close();
`;

const MISTAKES = `
import { type EmulatorOptions, type Fault, startEmulator } from 'dyncamp/emulator';

export const unknownOption: EmulatorOptions = { prot: 8080 };
export const wrongSwitch: EmulatorOptions = { switches: { addExistingMember: 'sometimes' } };
export const wrongEffect: Fault = { match: {}, effect: { kind: 'slow' } };
export const url: number = (await startEmulator()).url;
`;

const EVENTS = `
import { type DyncampEvent, EVENT_TYPES, OUTCOME_KINDS, type OutcomeName, type Result } from 'dyncamp/events';

export function mailOf(event: DyncampEvent): string | undefined {
  if (event.type === EVENT_TYPES.created) return event.data.person.email;
  return event.data.person.created === true ? undefined : event.data.list.name;
}
export const kindOf = (name: OutcomeName): Result['kind'] => OUTCOME_KINDS[name];
`;

const EVENT_MISTAKES = `
import type { DyncampEvent, PersonCreated, Result } from 'dyncamp/events';

export const list = (event: PersonCreated) => event.data.list;
export const isMoved = (event: DyncampEvent) => event.type === 'dyncamp.person.moved';
export const kind: Result['kind'] = 'added';
`;

let project: string;
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'dyncamp-consumer-'));
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(root, join(project, 'node_modules/dyncamp'));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
});
afterAll(() => rmSync(project, { recursive: true }));

/** What the compiler has to say of a file of the project. */
const complaints = (name: string, text: string): readonly string[] => {
  writeFileSync(join(project, name), text);
  const strict = ['--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023'];
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
  try {
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...strict, ...types, name], {
      cwd: project,
      encoding: 'utf8',
    });
    return [];
  } catch (error) {
    const { stdout } = Object(error);
    return String(stdout)
      .trim()
      .split(/\n(?! )/);
  }
};

describe('dyncamp/emulator', () => {
  it('has types that a small test of somebody else passes', () => {
    expect(complaints('consumer.ts', CONSUMER)).toEqual([]);
  });

  it('has types that find mistakes', () => {
    expect(complaints('mistakes.ts', MISTAKES)).toEqual([
      expect.stringContaining("'prot' does not exist"),
      expect.stringContaining(`'"sometimes"' is not assignable`),
      expect.stringContaining("'ms' is missing"),
      expect.stringContaining("'string' is not assignable to type 'number'"),
    ]);
  });

  it('starts by its name', () => {
    const { code } = transformSync(CONSUMER, { loader: 'ts', format: 'esm', target: 'node20' });
    writeFileSync(join(project, 'consumer.mjs'), code);
    const output = execFileSync(process.execPath, ['consumer.mjs'], { cwd: project, encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual({
      statuses: [200, 503],
      logged: [200, 503],
      id: '0d0c4b1e-5a3f-4d9a-9c61-2f7e8a31c0de',
      set: 'error',
    });
  });
});

describe('dyncamp/events', () => {
  it('has types that fit what is really written', async () => {
    const home = createHome();
    const env = { DYNCAMP_PROFILE: 'emulator' };
    const results = join(home.directory, 'results.jsonl');
    const added = await runCli(['add', 'Spring Launch', '-f', 'examples/people.csv', '--results', results], {
      home,
      env,
    });
    const removed = await runCli(
      ['remove', 'Spring Launch', 'anna.arendt@nordlicht.example', '--event-email', 'none'],
      { home, env },
    );
    const events = jsonLines(added.stdout + removed.stdout);
    const rows = jsonLines(readFileSync(results, 'utf8'));
    home.remove();
    expect(new Set(events.map(({ type }) => type)).size).toBe(3);
    expect(new Set(rows.map(({ kind }) => kind)).size).toBe(3);
    const written = `export const events: DyncampEvent[] = ${JSON.stringify(events)};
      export const rows: Result[] = ${JSON.stringify(rows)};`;
    expect(complaints('events.ts', EVENTS + written)).toEqual([]);
  });

  it('has types that find mistakes', () => {
    expect(complaints('event-mistakes.ts', EVENT_MISTAKES)).toEqual([
      expect.stringContaining("'list' does not exist"),
      expect.stringContaining('have no overlap'),
      expect.stringContaining(`'"added"' is not assignable`),
    ]);
  });
});

it('gives nothing else of the package', () => {
  writeFileSync(
    join(project, 'inside.mjs'),
    "await import('dyncamp/dist/main.js').catch(({ code }) => console.log(code));",
  );
  const output = execFileSync(process.execPath, ['inside.mjs'], { cwd: project, encoding: 'utf8' });
  expect(output.trim()).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
});
