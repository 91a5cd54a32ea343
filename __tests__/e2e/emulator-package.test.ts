/** `dyncamp/emulator`, as somebody else's project has it: by the package's name, from what was built, with its types. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync } from 'esbuild';

const root = join(__dirname, '../..');

const CONSUMER = `
import { type Emulator, type EmulatorOptions, type Fault, type Switches, startEmulator } from 'dyncamp/emulator';

const fault: Fault = { match: { operation: 'WhoAmI', nth: 2 }, effect: { kind: 'status', status: 503 } };
const switches: Partial<Switches> = { addExistingMember: 'error' };
const options: EmulatorOptions = { seed: 'none', faults: [fault], switches };
const emulator: Emulator = await startEmulator(options);
const ask = async (): Promise<number> =>
  (await fetch(\`\${emulator.url}/api/data/v9.2/WhoAmI\`, { headers: { Authorization: 'Bearer any' } })).status;
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

describe('dyncamp/emulator', () => {
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

  it('gives nothing else of the package', () => {
    writeFileSync(
      join(project, 'inside.mjs'),
      "await import('dyncamp/dist/main.js').catch(({ code }) => console.log(code));",
    );
    const output = execFileSync(process.execPath, ['inside.mjs'], { cwd: project, encoding: 'utf8' });
    expect(output.trim()).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
});
