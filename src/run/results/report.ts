/** --report: the summary of a run as a JSON file. */
import { type FileBeside, openBeside, type Placed } from './file-beside.ts';

export type ReportWriter = {
  /** Writes the summary as one indented JSON object and puts the file in its place. A second one takes the place of the first. */
  write(summary: Readonly<Record<string, unknown>>): Promise<Placed>;
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
      try {
        await file.append(`${JSON.stringify(summary, undefined, 2)}\n`);
        return await file.commit();
      } catch (error) {
        // Half a report is none.
        await file.discard();
        throw error;
      }
    },
    abandon: () => first.discard(),
  };
}
