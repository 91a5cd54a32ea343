/** Notices about an input: something was not used, skipped or read as something else. */

export type InputNotice = {
  /** Stable, upper-case with underscores, e.g. `UNKNOWN_COLUMNS`, `PASSED_OVER`. */
  readonly code: string;
  /** Begins with the input's name. */
  readonly message: string;
  readonly hint?: string | undefined;
};

export type OnNotice = (notice: InputNotice) => void;

/** Reports each notice once per `key`. */
export type NotifyOnce = (key: string, notice: () => InputNotice) => void;

/** Keys remembered per input; beyond them a notice may repeat. */
const MAX_REMEMBERED = 10_000;

export function notifyOnce(onNotice: OnNotice | undefined): NotifyOnce {
  const isNew = remember();
  return (key, notice) => {
    if (onNotice !== undefined && isNew(key)) onNotice(notice());
  };
}

/** The result is true for a key's first occurrence. */
export function remember(): (key: string) => boolean {
  const seen = new Set<string>();
  return (key) => {
    const isNew = !seen.has(key);
    if (isNew && seen.size < MAX_REMEMBERED) seen.add(key);
    return isNew;
  };
}
