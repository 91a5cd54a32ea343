/** --report: the summary of a run as a JSON file. */
import { type FileBeside, openBeside } from './file-beside.ts';

export type ReportWriter = {
  /** Writes the summary as one indented JSON object and puts the file in its place. */
  write(summary: Readonly<Record<string, unknown>>): Promise<void>;
  /** Leaves no file behind. */
  abandon(): Promise<void>;
};

/** To be called before anything is done: throws UsageError FILE_UNWRITABLE where the file cannot be made. */
export async function openReport(path: string): Promise<ReportWriter> {
  const file: FileBeside = await openBeside(path, '--report');
  return {
    write: async (summary) => {
      await file.append(`${JSON.stringify(summary, undefined, 2)}\n`);
      await file.commit();
    },
    abandon: () => file.discard(),
  };
}
