/** --report: the summary of a command as a JSON file. Written whenever the command line was accepted, even if the run fails early. */
import { type BigIntStats, fstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DyncampError, UsageError } from '../../errors.ts';
import { STDIN } from '../../input/input-row.ts';
import { variable } from '../../settings/connection-settings.ts';
import { combineExitCodes, exitCodeOf } from '../../terminal/exit-codes.ts';
import { reportError } from '../../terminal/report-error.ts';
import { VERSION } from '../../version.ts';
import type { Context } from '../context.ts';
import type { ChangeRequest } from '../request.ts';
import { stopCodeOf } from '../signals.ts';
import { attempt, type FileBeside, openBeside, type WrittenFile } from './file-beside.ts';

type Fields = Readonly<Record<string, unknown>>;

export type ReportWriter = {
  /** Writes one indented JSON object and puts the file in its place. A second one replaces the first. */
  write(summary: Fields): Promise<WrittenFile>;
  isWritten(): boolean;
};

type Report = Pick<ChangeRequest, 'command' | 'options'> & {
  /** Undefined for `undo`, which is given a run. */
  readonly campaign?: string | undefined;
};

/** Does the work of a command. If the work wrote no report, because it failed early or had nothing to do, writes one here. */
export async function withReport(
  context: Context,
  { command, options, campaign }: Report,
  work: (report: ReportWriter | undefined) => Promise<number>,
): Promise<number> {
  // Before the report is opened: it must not replace the input.
  refuseSharedFiles(options);
  if (options.report === undefined) return work(undefined);
  const startedAt = context.clock.now();
  const report = await openReport(options.report, (summary) =>
    dated(context, startedAt, { campaignGiven: campaign ?? null, ...summary }),
  );
  const writeNothingDone = async (exitCode: number, errorCode: string | null): Promise<number> => {
    if (report.isWritten()) return exitCode;
    const end = { elapsedMs: context.clock.now() - startedAt, exitCode, errorCode };
    const { failure } = await report.write({
      command,
      dryRun: options.dryRun === true,
      ...NOTHING,
      ...context.traffic(),
      ...end,
    });
    return failure === undefined
      ? exitCode
      : combineExitCodes([exitCode, await reportError(context.terminal, failure)]);
  };
  try {
    return await writeNothingDone(await work(report), null);
  } catch (error) {
    const stopCode = stopCodeOf(error);
    await writeNothingDone(stopCode ?? exitCodeOf(error), stopCode === undefined ? errorCodeOf(error) : null);
    throw error;
  }
}

/** The same code as in the message on stderr. */
export const errorCodeOf = (error: unknown): string => (error instanceof DyncampError ? error.code : 'INTERNAL_FAULT');

const NOTHING = {
  run: null,
  organization: null,
  campaign: null,
  people: 0,
  created: 0,
  outcomes: {},
  addedByEarlierRun: 0,
  removedByEarlierRun: 0,
  unconfirmed: 0,
  undelivered: 0,
  waitedMs: 0,
  requests: 0,
  bytesSent: 0,
  bytesReceived: 0,
} as const;

/** Call it before anything is changed: throws UsageError FILE_UNWRITABLE where the file cannot be made. */
export async function openReport(path: string, fields: (summary: Fields) => Promise<Fields>): Promise<ReportWriter> {
  const open = (): Promise<FileBeside> => openBeside(path, '--report');
  let next: FileBeside | undefined = await open();
  let isWritten = false;
  return {
    async write(summary) {
      isWritten = true;
      const { value: placed, failure } = await attempt(async () => {
        const file = next ?? (await open());
        next = undefined;
        try {
          await file.append(`${JSON.stringify(await fields(summary), undefined, 2)}\n`);
          return await file.commit();
        } catch (error) {
          // A partial report is of no use.
          await file.discard();
          throw error;
        }
      });
      return { placed, failure };
    },
    isWritten: () => isWritten,
  };
}

/** Adds times, version and profile, and removes secrets: a server's message may repeat what it was sent. */
async function dated(context: Context, startedAt: number, summary: Fields): Promise<Fields> {
  const { terminal, clock } = context;
  return {
    version: VERSION,
    started: new Date(startedAt).toISOString(),
    finished: new Date(clock.now()).toISOString(),
    profile: await profileName(context),
    ...redacted(summary, terminal.redact),
  };
}

/** Null where no profile is used. */
async function profileName(context: Context): Promise<string | null> {
  try {
    const { source } = await context.settings();
    return source.kind === 'profile' ? source.name : null;
  } catch {
    return context.options.profile ?? variable(context.env, 'DYNCAMP_PROFILE') ?? null;
  }
}

function redacted(fields: Fields, redact: (text: string) => string): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, redactedValue(value, redact)]));
}

function redactedValue(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((each) => redactedValue(each, redact));
  return typeof value === 'object' && value !== null ? redacted({ ...value }, redact) : value;
}

type Used = { readonly name: string; readonly identities: readonly string[] };

const STDIN_FD = 0;
const STDOUT_FD = 1;

/** --results and --report replace a file that is there, so it must not be one that the run reads. Throws UsageError SAME_FILE. */
function refuseSharedFiles({ file = [], exclude = [], results, report }: ChangeRequest['options']): void {
  const others = [
    ...file.filter((path) => path !== STDIN).map((path) => fileUsed(path, `the input ${path}`)),
    streamUsed(STDIN_FD, 'stdin'),
    ...exclude.map((path) => fileUsed(path, `the exclusions ${path}`)),
    streamUsed(STDOUT_FD, 'stdout'),
  ];
  const written = [
    ...(results === undefined ? [] : [fileUsed(results, `--results ${results}`)]),
    ...(report === undefined ? [] : [fileUsed(report, `--report ${report}`)]),
  ];
  for (const one of written) {
    const same = others.find(({ identities }) => identities.some((identity) => one.identities.includes(identity)));
    if (same !== undefined)
      throw new UsageError('SAME_FILE', `${one.name} and ${same.name} are the same file: nothing was changed.`, {
        hint: 'Give another file to write.',
      });
    others.push(one);
  }
}

/** A file has the same identity under another spelling and through any link. One that does not exist yet goes by its folder. */
function fileUsed(path: string, name: string): Used {
  const folder = tried(() => realpathSync(dirname(path))) ?? dirname(path);
  const realPath = tried(() => realpathSync(path)) ?? join(folder, basename(path));
  return { name, identities: [realPath, ...inodeOf(() => statSync(path, EXACT))] };
}

/** The file that the shell redirects a stream to or from. */
const streamUsed = (fd: number, name: string): Used => ({ name, identities: inodeOf(() => fstatSync(fd, EXACT)) });

/**
 * Inodes may be too large for a number. Also, after a plain stat of a pipe Node 20 resolves no links for the modules it loads (its
 * realpathSync reads the buffer of the last stat), and packages that are links, as with pnpm, would not find their own packages.
 */
const EXACT = { bigint: true } as const;

function inodeOf(stat: () => BigIntStats): readonly string[] {
  const found = tried(stat);
  return found?.isFile() === true ? [`${found.dev}:${found.ino}`] : [];
}

/** Undefined where it fails: opening the file later reports why. */
function tried<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
