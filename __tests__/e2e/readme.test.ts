/** The README's tour, run as it stands: each block's commands in a shell, its output compared. `…` stands for any text in a line. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const home = mkdtempSync(join(tmpdir(), 'dyncamp-readme-'));
const bin = join(home, 'bin');

type Step = { readonly command: string; readonly output: string };

function stepsOf(section: string): readonly Step[] {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const part = text.split(/^## /m).find((each) => each.startsWith(section)) ?? '';
  return [...part.matchAll(/^```console\n(.*?)^```/gms)].flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const [command = '', ...output] = step.split('\n');
        return { command, output: output.join('\n').trimEnd() };
      }),
  );
}

const matcher = (output: string): RegExp =>
  new RegExp(`^${output.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*')}$`);

beforeAll(() => {
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'dyncamp'),
    `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'bin/dyncamp.js')}" "$@"\n`,
    { mode: 0o755 },
  );
  symlinkSync(join(root, 'examples'), join(home, 'examples'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('the README', () => {
  const steps = stepsOf('Five minutes');

  it('has a tour', () => {
    expect(steps.length).toBeGreaterThan(10);
  });

  // In order, and in one home: each step works on what the one before it left.
  it.each(steps.map((step) => [step.command, step] as const))('%s', (_, { command, output }) => {
    const { NODE_EXTRA_CA_CERTS: _certs, NODE_OPTIONS: _options, ...env } = process.env;
    // The exit code is that of the last command of a pipe; 68 is what the tour's bad rows give.
    const printed = execFileSync('bash', ['-c', `${command} 2>errors.txt || [ $? -eq 68 ]`], {
      cwd: home,
      encoding: 'utf8',
      env: {
        ...env,
        PATH: `${bin}:${process.env.PATH}`,
        DYNCAMP_STATE_DIR: join(home, 'state'),
        DYNCAMP_CONFIG_DIR: join(home, 'config'),
        NO_COLOR: '1',
      },
    });
    expect(printed.trimEnd()).toMatch(matcher(output));
  });
});
