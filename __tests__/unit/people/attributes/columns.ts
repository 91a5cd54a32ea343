import type { Column, ColumnType, TableMetadata } from '../../../../src/people/attributes/table-metadata.ts';

const column = (name: string, type: ColumnType, more: Partial<Column> = {}): [string, Column] => [
  name,
  { name, type, creatable: true, required: false, ...more },
];
const text = (maxLength?: number): ColumnType => ({ kind: 'text', maxLength });

/** A lead table with a column of each type. */
export function leadTable(extra: readonly [string, Column][] = []): TableMetadata {
  return {
    table: 'lead',
    columns: new Map([
      column('lastname', text(50)),
      column('emailaddress1', text(100)),
      column('companyname', text(100)),
      column('description', text()),
      column('revenue', { kind: 'decimal' }),
      column('numberofemployees', { kind: 'integer' }),
      column('estimatedclosedate', { kind: 'date' }),
      column('lastonholdtime', { kind: 'date-time' }),
      column('new_key', { kind: 'guid' }),
      column('entityimage', { kind: 'other', name: 'Virtual' }),
      column('fullname', text(160), { creatable: false }),
      column('statuscode', { kind: 'other', name: 'Status' }, { creatable: false }),
      column('leadsourcecode', {
        kind: 'choice',
        options: [
          { value: 1, labels: ['Advertisement', 'Werbung'] },
          { value: 8, labels: ['Web'] },
          { value: 9, labels: ['1'] },
          { value: 10, labels: ['web'] },
        ],
      }),
      column('donotbulkemail', { kind: 'boolean', trueLabels: ['Do Not Allow', 'Ja'], falseLabels: ['Allow', 'Nein'] }),
      column('new_mayemail', { kind: 'boolean', trueLabels: ['No'], falseLabels: ['Yes'] }),
      column('campaignid', {
        kind: 'lookup',
        targets: [{ table: 'campaign', entitySet: 'campaigns', navigationProperty: 'campaignid' }],
      }),
      column('customerid', {
        kind: 'lookup',
        targets: [
          { table: 'account', entitySet: 'accounts', navigationProperty: 'customerid_account' },
          { table: 'contact', entitySet: 'contacts', navigationProperty: 'customerid_contact' },
        ],
      }),
      ...extra,
    ]),
  };
}
