// Runs npm. Under `npm run` it is the one that runs; on Windows `npm` by itself is a batch file, which only a shell starts.
import { execFileSync } from 'node:child_process';

/** Gives what npm prints. The arguments have no blanks in them, where a shell is needed. */
export function npm(args, options) {
  const path = process.env.npm_execpath;
  if (path?.endsWith('npm-cli.js')) return execFileSync(process.execPath, [path, ...args], options);
  return execFileSync('npm', args, { ...options, shell: process.platform === 'win32' });
}
