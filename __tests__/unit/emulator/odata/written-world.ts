/** A world with customized tables and rows to point to, for tests of what a write may hold. */
import { buildSchema } from '../../../../src/emulator/schema/schema.ts';
import { guid, openWorld } from './support.ts';

export const CAMPAIGN = guid(0xc1);
export const ACCOUNT = guid(0xac);

/** Closed after the tests of the file. */
export function writtenWorld() {
  const world = openWorld({
    schema: buildSchema(
      [
        { table: 'lead', name: 'new_marketoid', type: 'string', maxLength: 5 },
        { table: 'lead', name: 'new_grade', type: 'picklist', options: [{ value: 7, label: 'Seven' }] },
        { table: 'lead', name: 'new_score', type: 'integer', min: 0, max: 100 },
        { table: 'lead', name: 'new_rate', type: 'decimal', min: 0, max: 1 },
        { table: 'lead', name: 'new_sponsor', type: 'lookup', targets: ['account'] },
      ],
      [{ table: 'lead', column: 'subject', maxLength: 50 }],
    ),
  });
  world.insert('campaign', { campaignid: CAMPAIGN, name: 'Spring' });
  world.insert('account', { accountid: ACCOUNT, name: 'Contoso' });
  world.insert('systemuser', { systemuserid: guid(1), fullname: 'Ada' });
  world.insert('team', { teamid: guid(2), name: 'Team' });
  afterAll(() => world.context.store.close());

  const update = (table: string, body: Record<string, unknown>): unknown => world.body(table, body, 'update');
  return { world, update };
}
