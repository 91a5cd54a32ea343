/** --report: the summary of a run as a JSON file. */
import { type FileBeside, openBeside } from './file-beside.ts';

export type ReportWriter = {
  /** Writes the summary as one indented JSON object and puts the file in its place. A second one takes the place of the first. */
  write(summary: Readonly<Record<string, unknown>>): Promise<void>;
  /** Leaves no file behind. */
  abandon(): Promise<void>;
};

/** To be called before anything is done: throws UsageError FILE_UNWRITABLE where the file cannot be made. */
export async function openReport(path: string): Promise<ReportWriter> {
  const open = (): Promise<FileBeside> => openBeside(path, '--report');
  const first = await open();
  let next: FileBeside | undefined = first;
  return {
    write: async (summary) => {
      const file = next ?? (await open());
      next = undefined;
      await file.append(`${JSON.stringify(summary, undefined, 2)}\n`);
      await file.commit();
    },
    abandon: () => first.discard(),
  };
}
