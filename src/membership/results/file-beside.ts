/** A file that appears whole or not at all: written beside its place, synced and renamed at the end. Readable by its owner only. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { codeOf, UsageError } from '../../errors.ts';

export type FileBeside = {
  /** Where it is written until `commit`. */
  readonly partPath: string;
  append(text: string): Promise<void>;
  /** Puts the file in its place; what stood there is replaced. */
  commit(): Promise<void>;
  /** Removes what was written. */
  discard(): Promise<void>;
};

/** Of the machine that writes: another one's processes cannot be looked for. In a file's name, so only what is safe there. */
const HOST = hostname()
  .replaceAll(/[^a-zA-Z0-9-]/g, '-')
  .slice(0, 64);

/** Takes away what a process of this machine left here that was killed: it holds people, and nobody waits for it. Never throws. */
async function sweep(path: string): Promise<void> {
  const begin = `${basename(path)}.${HOST}-`;
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(begin))) {
    const pid = /^(\d+)-[0-9a-f]{8}\.part$/.exec(name.slice(begin.length))?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(join(dirname(path), name), { force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and another user's.
    return codeOf(error) !== 'ESRCH';
  }
}

/** Results and reports hold personal data. */
const OWNER_ONLY = 0o600;

/**
 * Throws UsageError FILE_UNWRITABLE, naming `flag`, when the folder is missing or not writable or something other than a file stands
 * there (renaming over a device or a pipe would destroy it). Later failures to write (a full disk) are the same error.
 */
export async function openBeside(path: string, flag: string): Promise<FileBeside> {
  const unwritable = (error: unknown) => refusal(path, flag, reasonOf(error, path), error);
  await refuseOther(path, flag);
  await sweep(path);
  const partPath = `${path}.${HOST}-${process.pid}-${randomUUID().slice(0, 8)}.part`;
  const handle = await open(partPath, 'wx', OWNER_ONLY).catch((error: unknown) => {
    throw unwritable(error);
  });
  const guard = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      throw unwritable(error);
    }
  };
  return {
    partPath,
    append: (text) => guard(() => handle.appendFile(text)),
    commit: () => guard(() => settle(handle, partPath, path)),
    discard: async () => {
      await handle.close().catch(() => undefined);
      await rm(partPath, { force: true });
    },
  };
}

async function settle(handle: FileHandle, partPath: string, path: string): Promise<void> {
  await handle.sync();
  await handle.close();
  await rename(partPath, path);
}

async function refuseOther(path: string, flag: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there === undefined || there.isFile()) return;
  throw refusal(path, flag, there.isDirectory() ? 'it is a directory' : 'it is no ordinary file');
}

function refusal(path: string, flag: string, why: string, cause?: unknown): UsageError {
  return new UsageError('FILE_UNWRITABLE', `Could not write ${path} (${flag}): ${why}.`, {
    hint: 'Name a file in a folder that exists and that you may write to.',
    cause,
  });
}

function reasonOf(error: unknown, path: string): string {
  const code = codeOf(error);
  if (code === 'ENOENT') return `there is no folder ${dirname(path)}`;
  if (code === 'ENOTDIR') return `${dirname(path)} is no folder`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return `you may not write in ${dirname(path)}`;
  if (code === 'ENOSPC') return 'the disk is full';
  return error instanceof Error ? error.message : String(error);
}
