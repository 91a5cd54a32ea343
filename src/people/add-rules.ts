/** The options and the campaign that decide who is added, and how new people are created. */
import type { PersonType } from '../events.ts';

export type AddRules = {
  /** Derived ids are those of an organization, and the source campaign is that of the run. */
  readonly organizationId: string;
  readonly campaignId: string;
  /** Column of --match-by. Default: e-mail. */
  readonly matchBy: string | undefined;
  readonly onAmbiguous: 'fail' | 'newest';
  readonly onInactive: 'fail' | 'create-new';
  /** False with --no-create. */
  readonly mayCreate: boolean;
  readonly createAs: PersonType;
  readonly sourceCampaign: boolean;
  /** Column values for new people: --set over the profile's defaults. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Those of --set alone, each of which must have an effect. Default: none. */
  readonly set?: Readonly<Record<string, string>> | undefined;
  readonly duplicateRules: 'honour' | 'ignore';
  /** Stops creating after this many. Default: no limit. */
  readonly maxCreates: number;
  readonly skipOptedOut: boolean;
  readonly allowSharedList: boolean;
  readonly isDryRun: boolean;
};
