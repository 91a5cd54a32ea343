/** The request of a command that changes a campaign, with the options that `add`, `remove`, `apply` and `runs undo` share. */
import type { PersonType } from '../events.ts';

export type ChangeRequest = {
  readonly command: 'add' | 'remove' | 'apply' | 'undo';
  readonly campaign: string;
  readonly people: readonly string[];
  readonly options: PeopleCommandOptions & {
    readonly allowInactive?: boolean | undefined;
    /** Of `add` and `apply`. */
    readonly create?: boolean | undefined;
  };
};

export type PeopleCommandOptions = {
  readonly file?: readonly string[] | undefined;
  readonly inputFormat?: 'ids' | 'csv' | 'jsonl' | undefined;
  readonly encoding?: string | undefined;
  readonly map?: Readonly<Record<string, string>> | undefined;
  readonly matchBy?: string | undefined;
  /** Marketing lists, by id or name, whose members are people of the input too. */
  readonly fromList?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly onlyFailed?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly results?: string | undefined;
  readonly report?: string | undefined;
  /** Default true; false with --no-events. */
  readonly events: boolean;
  readonly eventEmail: 'full' | 'none';
  /** Events on a terminal too, where a line in words is the default. */
  readonly output?: 'jsonl' | undefined;
  readonly batchSize: number;
  readonly shard?: { readonly index: number; readonly of: number } | undefined;
  readonly maxFailures?: CountOrShare | undefined;
  readonly maxDuration?: number | undefined;
  readonly allowSharedList?: boolean | undefined;
  readonly partialView?: boolean | undefined;
  readonly yes?: boolean | undefined;
};

/** A number of people, or a share of all of them in percent. */
export type CountOrShare =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'share'; readonly percent: number };

/** Options of `add` and `apply`: who is meant, and how people are created who are not in Dynamics. */
export type CreationOptions = {
  /** False with --no-create. */
  readonly create: boolean;
  readonly createAs: PersonType;
  readonly onAmbiguous: 'fail' | 'newest';
  readonly inactive: 'fail' | 'create-new';
  /** False with --no-source-campaign. */
  readonly sourceCampaign: boolean;
  readonly set?: Readonly<Record<string, string>> | undefined;
  readonly duplicateRules: 'honour' | 'ignore';
  readonly maxCreates?: number | undefined;
  readonly skipOptedOut?: boolean | undefined;
};
