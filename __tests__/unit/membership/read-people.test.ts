import type { BatchPart, Dataverse, JsonObject } from '../../../src/dataverse/operation.ts';
import { readMore } from '../../../src/membership/read-people.ts';
import { trackAbilities } from '../../../src/membership/server-abilities.ts';
import type { Session } from '../../../src/membership/session.ts';
import { manualClock } from '../transport/manual-clock.ts';

const refuse = () => {
  throw new Error('not asked for');
};

/** Answers page after page, as the service does: it tells of the next one only when it is asked to. */
function paged(pages: number): Dataverse {
  let page = 0;
  const answer = (part: BatchPart): JsonObject => {
    page += 1;
    const asksForMore = 'headers' in part && /morerecords/.test(part.headers?.Prefer ?? '');
    const value = [{ leadid: `lead-${page}`, emailaddress1: 'ann@x.de', statecode: 0 }];
    return page < pages && asksForMore ? { value, '@Microsoft.Dynamics.CRM.morerecords': true } : { value };
  };
  return {
    origin: '',
    send: refuse,
    read: refuse,
    pages: refuse,
    traffic: refuse,
    serverNow: refuse,
    pace: refuse,
    ask: refuse,
    batch: async (parts) => parts.map((part) => ({ kind: 'ok', status: 200, headers: {}, body: answer(part) })),
  };
}

describe('readMore', () => {
  it('reads every page: whoever is on a late one is not taken for somebody new', async () => {
    const session: Session = {
      dataverse: paged(4),
      clock: manualClock(),
      organizationId: '',
      userId: '',
      campaignId: '',
      abilities: trackAbilities(),
      knownCampaignIds: new Map(),
    };
    const query = { type: 'lead', attribute: 'emailaddress1', values: ['ann@x.de'] } as const;
    const people = await readMore(session, [query], { matchBy: undefined, listIds: [] });
    expect(people.map((person) => person.record.id)).toEqual(['lead-1', 'lead-2', 'lead-3', 'lead-4']);
  });
});
