/** A file that appears whole or not at all: written beside its place, synced, renamed. Its owner's only, for it holds personal data. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { codeOf, DyncampError, TemporaryError, UsageError } from '../../errors.ts';
import { replaceFile } from '../../settings/replace-file.ts';

export type FileBeside = {
  readonly partPath: string;
  /** Writes all of the text or nothing, so that the file ends with a whole row. Throws TemporaryError FILE_FAILED; may then be tried again. */
  append(text: string): Promise<void>;
  /** Puts the file in its place, and replaces a file there. Throws TemporaryError FILE_FAILED when the disk fails. */
  commit(): Promise<Placed>;
  /** Keeps what was written under a name that later runs do not delete, and gives its path. */
  keep(): Promise<string>;
  discard(): Promise<void>;
};

export type Placed = {
  readonly path: string;
  /** Why it is not the path asked for: something else is there, or another program has it open. */
  readonly why?: string | undefined;
};

/** A file that a run leaves behind: where it is, and what went wrong with it. */
export type WrittenFile = { readonly placed?: Placed | undefined; readonly failure?: DyncampError | undefined };

/** Returns a DyncampError instead of throwing it: on a full disk the run still has to report what was done. */
export async function attempt<T>(
  work: () => Promise<T>,
): Promise<{ readonly value?: T; readonly failure?: DyncampError }> {
  try {
    return { value: await work() };
  } catch (failure) {
    if (failure instanceof DyncampError) return { failure };
    throw failure;
  }
}

/** In the file's name, because a process id means something only on its own machine. */
const HOST = hostname()
  .replaceAll(/[^a-zA-Z0-9-]/g, '-')
  .slice(0, 64);

/** Deletes what killed processes of this machine left here, because it holds personal data. Never throws. */
async function sweep(path: string, inputs: readonly string[]): Promise<void> {
  const begin = `${basename(path)}.${HOST}-`;
  const names = await readdir(dirname(path)).catch(() => []);
  const kept = new Set(inputs.map((input) => basename(input)));
  for (const name of names.filter((each) => each.startsWith(begin) && !kept.has(each))) {
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
    // EPERM: it is alive, and another user's.
    return codeOf(error) !== 'ESRCH';
  }
}

export type BesideOptions = {
  /** The beginning of it is in the file's name until the file is in its place. Default: random. */
  readonly runId?: string | undefined;
  /** In the name instead of `runId`, for a second file that the run writes beside the first. */
  readonly part?: string | undefined;
  /** Files that the run reads: they are not deleted. */
  readonly inputs?: readonly string[] | undefined;
};

/** Characters of the run's id in the name of a file that is not in its place yet. */
export const RUN_ID_CHARACTERS = 8;

const OWNER_ONLY = 0o600;

/** Throws UsageError FILE_UNWRITABLE, also where something other than a file stands: renaming over a device or a pipe would destroy it. */
export async function openBeside(
  path: string,
  flag: string,
  { runId = randomUUID(), part, inputs = [] }: BesideOptions = {},
): Promise<FileBeside> {
  const unwritable = (error: unknown) => refusal(path, flag, reasonOf(error, path), error);
  await refuseOther(path, flag);
  await sweep(path, inputs);
  const unique = runId.slice(0, RUN_ID_CHARACTERS);
  const partPath = `${path}.${HOST}-${process.pid}-${(part ?? runId).slice(0, RUN_ID_CHARACTERS)}.part`;
  const handle = await open(partPath, 'wx', OWNER_ONLY).catch((error: unknown) => {
    throw unwritable(error);
  });
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new TemporaryError('FILE_FAILED', couldNotWrite(path, flag, reasonOf(error, path)), { cause: error });
    }
  };
  let written = 0;
  const keep = async (): Promise<string> => {
    await handle.close().catch(() => undefined);
    // Without the process id in its name: the next run deletes files of processes that are gone.
    const kept = `${path}.${unique}.part`;
    return rename(partPath, kept).then(
      () => kept,
      () => partPath,
    );
  };
  return {
    partPath,
    append: (text) =>
      guard(async () => {
        const bytes = Buffer.from(text);
        try {
          await writeAt(handle, bytes, written);
        } catch (error) {
          await handle.truncate(written).catch(() => undefined);
          throw error;
        }
        written += bytes.length;
      }),
    async commit() {
      await guard(() => handle.sync());
      await handle.close();
      try {
        await replaceFile(partPath, path);
        return { path };
      } catch (error) {
        return { path: await keep(), why: reasonOf(error, path) };
      }
    },
    keep,
    discard: async () => {
      await handle.close().catch(() => undefined);
      await rm(partPath, { force: true });
    },
  };
}

async function writeAt(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

async function refuseOther(path: string, flag: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there === undefined || there.isFile()) return;
  throw refusal(path, flag, there.isDirectory() ? 'it is a directory' : 'it is not a regular file');
}

function refusal(path: string, flag: string, why: string, cause?: unknown): UsageError {
  return new UsageError('FILE_UNWRITABLE', couldNotWrite(path, flag, why), {
    hint: 'Give a file in a folder that exists and that you can write to.',
    cause,
  });
}

const couldNotWrite = (path: string, flag: string, why: string): string => `Could not write ${path} (${flag}): ${why}.`;

function reasonOf(error: unknown, path: string): string {
  const code = codeOf(error);
  if (code === 'ENOENT') return `there is no folder ${dirname(path)}`;
  if (code === 'ENOTDIR') return `${dirname(path)} is not a folder`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return `you may not write in ${dirname(path)}`;
  if (code === 'ENOSPC') return 'the disk is full';
  if (code === 'EDQUOT') return 'the disk quota is used up';
  if (code === 'EFBIG') return 'the file is too large for this disk';
  if (code === 'EIO') return 'the disk refused to write';
  if (code === 'EISDIR' || code === 'ENOTEMPTY' || code === 'EEXIST') return 'there is a folder with that name';
  if (code === 'EBUSY') return 'another program has it open';
  return error instanceof Error ? error.message : String(error);
}
