/** What a new data folder starts with: rows by wire or logical column names, and what the organization changed on its tables. */
import type { ColumnOverride, ExtraColumn } from '../schema/build-schema.ts';
import type { Row } from '../store/row-store.ts';

export const SEED_TABLES = {
  businessunits: 'businessunit',
  systemusers: 'systemuser',
  campaigns: 'campaign',
  lists: 'list',
  leads: 'lead',
  contacts: 'contact',
  accounts: 'account',
  listmembers: 'listmember',
  campaignitems: 'campaignitem',
  solutions: 'solution',
} as const;

export type SeedSection = keyof typeof SEED_TABLES;

export type Seed = Partial<Record<SeedSection, readonly Row[]>> & {
  /** Columns the organization added. */
  extraColumns?: readonly ExtraColumn[];
  /** Columns that are required beyond the usual, e.g. `{"table":"lead","column":"subject","requiredLevel":"SystemRequired"}`. */
  requiredColumns?: readonly ColumnOverride[];
  /** By systemuserid: privileges that differ from Global, by name. */
  privileges?: Readonly<Record<string, unknown>>;
};
