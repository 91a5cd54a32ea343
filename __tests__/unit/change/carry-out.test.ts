import { carryOut } from '../../../src/change/carry-out.ts';
import type { RowChange } from '../../../src/change/intents.ts';
import type { Session } from '../../../src/change/session.ts';
import { trackCapabilities } from '../../../src/dataverse/capabilities.ts';
import type { OperationResult } from '../../../src/dataverse/operation.ts';
import { drained } from '../../support/drained.ts';
import { byEmail, member } from './people.ts';

const NOBODY_IN: OperationResult = { kind: 'ok', status: 200, headers: {}, body: { value: [] } };

/** A server that takes everybody off every list, and a journal that takes everything down. */
function sessionOf(): Session {
  const session = {
    organizationId: 'aaaaaaaa-0000-4000-8000-000000000001',
    clock: { now: () => 0, sleep: async () => undefined },
    capabilities: trackCapabilities(),
    dataverse: {
      writeTurn: async () => ({ sizes: { members: 250, singles: 100 }, isOneAtATime: false, end: () => undefined }),
      batch: async (parts: readonly unknown[]) => parts.map(() => NOBODY_IN),
    },
    eventContext: { organizationId: '', campaign: { id: '', name: '', code: '' }, eventEmail: 'full' },
    creators: { learn: async () => undefined, says: () => 'us' },
    runJournal: {
      begin: (intents: readonly unknown[]) => intents.map((_, place) => place),
      conclude: () => [],
    },
  };
  return session as unknown as Session;
}

describe('carryOut', () => {
  it('yields a row when its result is known, and gives it one outcome, whoever it takes out', async () => {
    const session = sessionOf();
    const row = byEmail('ann@x.de');
    const removal = (type: 'lead' | 'contact', id: string): RowChange => {
      const list = { id: `bbbbbbbb-0000-4000-8000-00000000000${id}`, name: '', personType: type, isLinked: true };
      const person = { type, id: `cccccccc-0000-4000-8000-00000000000${id}`, email: 'ann@x.de' };
      return { kind: 'remove', row, person, list, member: member(list.id, person.id) } as unknown as RowChange;
    };
    const { steps } = await drained(carryOut(session, [removal('lead', '1'), removal('contact', '2')]));
    expect(new Set(steps.flatMap(({ known = [] }) => known))).toEqual(new Set([row]));
    expect(steps.flatMap(({ outcomes = new Map() }) => [...outcomes.keys()])).toEqual([row]);
  });
});
