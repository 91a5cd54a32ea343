/** A file that appears whole or not at all: written beside its place, synced and renamed at the end. Readable by its owner only. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../../errors.ts';

export type FileBeside = {
  /** Where it is written until `commit`. */
  readonly partPath: string;
  append(text: string): Promise<void>;
  /** Puts the file in its place; what stood there is replaced. */
  commit(): Promise<void>;
  /** Removes what was written. */
  discard(): Promise<void>;
};

/** Results and reports hold personal data. */
const OWNER_ONLY = 0o600;

/**
 * Throws UsageError FILE_UNWRITABLE, naming `flag`, when the folder is missing or not writable or something other than a file stands
 * there (renaming over a device or a pipe would destroy it). Later failures to write (a full disk) are the same error.
 */
export async function openBeside(path: string, flag: string): Promise<FileBeside> {
  const unwritable = (error: unknown) => refusal(path, flag, reasonOf(error, path), error);
  await refuseOther(path, flag);
  const partPath = `${path}.${randomUUID().slice(0, 8)}.part`;
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
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return `there is no folder ${dirname(path)}`;
  if (code === 'ENOTDIR') return `${dirname(path)} is no folder`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return `you may not write in ${dirname(path)}`;
  if (code === 'ENOSPC') return 'the disk is full';
  return error instanceof Error ? error.message : String(error);
}
