/** One named check of `sync check` as a value. Ids are part of the interface: docs and monitoring depend on them. */

export type CheckStatus = 'ok' | 'warning' | 'problem' | 'not-checked';

export type CheckedCampaign = { readonly id: string; readonly name: string };

export type Check = {
  /** Stable, e.g. `connection`, `privilege.prvReadLead`, `lists.unlocked`. */
  readonly id: string;
  readonly status: CheckStatus;
  /** What was found, in one sentence. */
  readonly found: string;
  /** The next command or click, where there is one. */
  readonly remedy?: string | undefined;
  /** Set when the check is about one campaign. */
  readonly campaign?: CheckedCampaign | undefined;
};

export const ok = (id: string, found: string): Check => ({ id, status: 'ok', found });
export const warning = (id: string, found: string, remedy?: string): Check => ({
  id,
  status: 'warning',
  found,
  remedy,
});
export const problem = (id: string, found: string, remedy?: string): Check => ({
  id,
  status: 'problem',
  found,
  remedy,
});
export const notChecked = (id: string, found: string, remedy?: string): Check => ({
  id,
  status: 'not-checked',
  found,
  remedy,
});

/** For checks that need what an earlier one did not find: they are said, never left out. */
export function notReached(ids: readonly string[], failedId: string): readonly Check[] {
  return ids.map((id) => notChecked(id, `Comes after "${failedId}", which failed.`));
}

export const ofCampaign = (campaign: CheckedCampaign, check: Check): Check => ({ ...check, campaign });
