/** --report: the summary of a command as a JSON file. It is written whenever the command line was accepted, also where the run fails early. */
import { DyncampError } from '../../errors.ts';
import { STDIN } from '../../input/input-row.ts';
import { variable } from '../../settings/environment.ts';
import { combineExitCodes, exitCodeOf } from '../../terminal/exit-codes.ts';
import { reportError } from '../../terminal/report-error.ts';
import { VERSION } from '../../version.ts';
import type { Context } from '../context.ts';
import type { ChangeRequest } from '../request.ts';
import { refuseSharedFiles } from '../separate-files.ts';
import { stopCodeOf } from '../stopping.ts';
import { type FileBeside, openBeside, type Placed } from './file-beside.ts';

type Fields = Readonly<Record<string, unknown>>;

export type ReportWriter = {
  /** Writes one indented JSON object and puts the file in its place. A second one takes the place of the first. */
  write(summary: Fields): Promise<Placed>;
  isWritten(): boolean;
};

type Report = Pick<ChangeRequest, 'command' | 'options'> & {
  /** Of `undo` a run is given, not a campaign. */
  readonly campaign?: string | undefined;
};

/** Does the work of a command. What it did not report itself, because it failed before or had nothing to do, is reported here. */
export async function withReport(
  context: Context,
  { command, options, campaign }: Report,
  work: (report: ReportWriter | undefined) => Promise<number>,
): Promise<number> {
  // Before the input is looked at: a report about it must not take its place.
  refuseSharedFiles(options, [...(options.file ?? []), STDIN]);
  if (options.report === undefined) return work(undefined);
  const startedAt = context.clock.now();
  const report = await openReport(options.report, (summary) =>
    dated(context, startedAt, { campaignGiven: campaign ?? null, ...summary }),
  );
  const writeNothingDone = async (exitCode: number, errorCode: string | null): Promise<number> => {
    if (report.isWritten()) return exitCode;
    const elapsedMs = context.clock.now() - startedAt;
    try {
      await report.write({ command, dryRun: options.dryRun === true, ...NOTHING, elapsedMs, exitCode, errorCode });
      return exitCode;
    } catch (error) {
      return combineExitCodes([exitCode, await reportError(context.terminal, error)]);
    }
  };
  try {
    return await writeNothingDone(await work(report), null);
  } catch (error) {
    const stopCode = stopCodeOf(error);
    await writeNothingDone(stopCode ?? exitCodeOf(error), stopCode === undefined ? errorCodeOf(error) : null);
    throw error;
  }
}

/** As the message on stderr has it. */
export const errorCodeOf = (error: unknown): string => (error instanceof DyncampError ? error.code : 'INTERNAL_FAULT');

const NOTHING = {
  ...{ run: null, organization: null, campaign: null, people: 0, created: 0, outcomes: {} },
  ...{ addedByEarlierRun: 0, removedByEarlierRun: 0 },
  ...{ unconfirmed: 0, undelivered: 0, waitedMs: 0, requests: 0, bytesSent: 0, bytesReceived: 0 },
} as const;

/** To be called before anything is done: throws UsageError FILE_UNWRITABLE where the file cannot be made. */
export async function openReport(path: string, fields: (summary: Fields) => Promise<Fields>): Promise<ReportWriter> {
  const open = (): Promise<FileBeside> => openBeside(path, '--report');
  let next: FileBeside | undefined = await open();
  let isWritten = false;
  return {
    async write(summary) {
      const file = next ?? (await open());
      next = undefined;
      isWritten = true;
      try {
        await file.append(`${JSON.stringify(await fields(summary), undefined, 2)}\n`);
        return await file.commit();
      } catch (error) {
        // Half a report is none.
        await file.discard();
        throw error;
      }
    },
    isWritten: () => isWritten,
  };
}

/** With when, by which version and with which profile; without secrets: what a server says may repeat what it was sent. */
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

/** Null where URL and sign-in come from the environment, or from nowhere. */
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
