/** Sees that a run writes over nothing that it reads: --results and --report replace what stands in their place. */
import { type BigIntStats, fstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../errors.ts';
import { STDIN } from '../input/input-row.ts';
import type { PeopleCommandOptions } from './request.ts';

type Options = Pick<PeopleCommandOptions, 'results' | 'report' | 'exclude'>;
type Used = { readonly name: string; readonly identities: readonly string[] };

const STDIN_FD = 0;
const STDOUT_FD = 1;

/** `inputs` are the files that are read, with `-` for stdin. Throws UsageError SAME_FILE. */
export function refuseSharedFiles({ results, report, exclude = [] }: Options, inputs: readonly string[]): void {
  const read = [
    ...inputs.map((path) => (path === STDIN ? streamUsed(STDIN_FD, 'stdin') : fileUsed(path, `the input ${path}`))),
    ...exclude.map((path) => fileUsed(path, `the exclusions ${path}`)),
    streamUsed(STDOUT_FD, 'stdout'),
  ];
  const written = [
    ...(results === undefined ? [] : [fileUsed(results, `--results ${results}`)]),
    ...(report === undefined ? [] : [fileUsed(report, `--report ${report}`)]),
  ];
  for (const [index, one] of written.entries()) {
    const other = [...read, ...written.slice(0, index)].find(({ identities }) =>
      identities.some((identity) => one.identities.includes(identity)),
    );
    if (other !== undefined) throw sameFile(one, other);
  }
}

/** A file is the same under another spelling, through a link, and by another link to it. */
function fileUsed(path: string, name: string): Used {
  const found = statOf(path);
  return { name, identities: [realPathOf(path), ...(found?.isFile() === true ? [inode(found)] : [])] };
}

/** Undefined for one that cannot be looked at: opening it says why. */
function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, EXACT);
  } catch {
    return undefined;
  }
}

/** Redirected to or from a file by the shell. */
function streamUsed(fd: number, name: string): Used {
  try {
    const found = fstatSync(fd, EXACT);
    return { name, identities: found.isFile() ? [inode(found)] : [] };
  } catch {
    // It was closed.
    return { name, identities: [] };
  }
}

/**
 * Inodes may be beyond what a number holds. And Node 20 resolves no links for the modules that it loads after a plain stat of a pipe (its
 * realpathSync looks at the buffer of the stat before): a package that is a link, as pnpm has them, would not find its own packages.
 */
const EXACT = { bigint: true } as const;

const inode = ({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string => `${dev}:${ino}`;

/** Of a file that is not there yet, by its folder. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return join(realFolderOf(path), basename(path));
  }
}

function realFolderOf(path: string): string {
  try {
    return realpathSync(dirname(path));
  } catch {
    // There is no such folder: opening the file says so.
    return dirname(path);
  }
}

function sameFile(one: Used, other: Used): UsageError {
  return new UsageError('SAME_FILE', `${one.name} and ${other.name} are the same file: nothing was changed.`, {
    hint: 'Give another file to write.',
  });
}
