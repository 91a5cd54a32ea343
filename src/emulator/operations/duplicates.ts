/** The default duplicate-detection rules: the same e-mail among leads, or among contacts. They run only on request. [documented] */
import { duplicateFound } from '../errors/row-errors.ts';
import { requireTable } from '../schema/schema.ts';
import type { Row } from '../store/row-store.ts';
import type { OperationContext, OperationRequest } from './operation.ts';

const RULE_TABLES: readonly string[] = ['lead', 'contact'];

export type DuplicateQuestion = { table: string; row: Row; headers: OperationRequest['headers'] };

export function refuseDuplicates(context: OperationContext, { table, row, headers }: DuplicateQuestion): void {
  if (headers['mscrm.suppressduplicatedetection']?.toLowerCase() !== 'false') return;
  const email = row.emailaddress1;
  if (!RULE_TABLES.includes(table) || typeof email !== 'string' || email === '') return;
  const key = requireTable(context.schema, table).key;
  for (const other of context.store.find(table, { emailaddress1: email })) {
    if (other[key] === row[key]) continue;
    throw duplicateFound(context.switches.duplicateStatus === '500' ? 500 : 412);
  }
}
