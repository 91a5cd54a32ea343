/** Runs a script of examples/ as a user would: `dyncamp` on the path, a home of its own. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { BINARY, type CliHome, type CliResult } from './run-cli.ts';

export const EXAMPLES = join(__dirname, '..', '..', 'examples');

export type ExampleOptions = {
  readonly home: CliHome;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
};

/** `command` is a line for bash; the working folder is the home's. */
export function runExample(command: string, { home, stdin = '', env = {} }: ExampleOptions): Promise<CliResult> {
  const bin = join(home.directory, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'dyncamp'), `#!/bin/sh\nexec "${process.execPath}" "${BINARY}" "$@"\n`, { mode: 0o755 });
  const child = spawn('bash', ['-c', command], {
    cwd: home.directory,
    env: {
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      HOME: home.directory,
      LANG: 'C.UTF-8',
      EXAMPLES,
      DYNCAMP_CONFIG_DIR: home.config,
      DYNCAMP_STATE_DIR: home.state,
      DYNCAMP_PROFILE: 'emulator',
      ...env,
    },
  });
  const texts = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      texts[stream] += text;
    });
  // A script may end before it reads.
  child.stdin.on('error', () => undefined).end(stdin);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ ...texts, code, signal }));
  });
}
