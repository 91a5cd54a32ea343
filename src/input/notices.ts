/** What is to be said about an input while it is read: that something was not used, passed over or read as something else. */

export type InputNotice = {
  /** Stable, upper-case with underscores, e.g. `UNKNOWN_COLUMNS`, `PASSED_OVER`. */
  readonly code: string;
  /** Begins with the input's name. */
  readonly message: string;
  readonly hint?: string | undefined;
};

export type OnNotice = (notice: InputNotice) => void;

/** Says each thing once: `key` tells what is the same. */
export type NotifyOnce = (key: string, notice: () => InputNotice) => void;

/** Things that are remembered as said, per input; beyond it they may be said again. */
const MAX_REMEMBERED = 10_000;

export function notifyOnce(onNotice: OnNotice | undefined): NotifyOnce {
  const isNew = remember();
  return (key, notice) => {
    if (onNotice !== undefined && isNew(key)) onNotice(notice());
  };
}

/** Tells of each key whether it comes for the first time. */
export function remember(): (key: string) => boolean {
  const seen = new Set<string>();
  return (key) => {
    const isNew = !seen.has(key);
    if (isNew && seen.size < MAX_REMEMBERED) seen.add(key);
    return isNew;
  };
}
