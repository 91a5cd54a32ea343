import { findKnownCampaign } from '../../../../src/commands/runs/find-known-campaign.ts';
import { storedEvent } from '../../../support/stored-event.ts';
import { AUTUMN, journalOf, runRecord, SPRING } from './known-runs.ts';

const journal = journalOf(
  [
    runRecord('3', { campaignName: 'Spring Launch' }),
    runRecord('2', { campaignId: AUTUMN, campaignName: 'Autumn' }),
    runRecord('1', { campaignName: 'Spring (draft)' }),
  ],
  [storedEvent({ campaign: { id: SPRING, name: 'Spring Launch', code: 'SPR-26' } })],
);

describe('findKnownCampaign', () => {
  it.each([
    ['its id', SPRING, SPRING],
    ['its id in braces', `id:{${SPRING.toUpperCase()}}`, SPRING],
    ['its name', 'spring launch', SPRING],
    ['a name that it had', 'name:Spring (draft)', SPRING],
    ['its code, where an event tells it', 'spr-26', SPRING],
    ['another', 'Autumn', AUTUMN],
  ])('finds a campaign by %s', (_, text, id) => {
    expect(findKnownCampaign(journal, text)).toBe(id);
  });

  it.each([
    ['name:SPR-26', 'a code is no name'],
    ['code:Autumn', 'a name is no code'],
    ['id:Autumn', 'a name is no id'],
  ])('does not find %j: %s', (text) => {
    expect(() => findKnownCampaign(journal, text)).toThrow(expect.objectContaining({ code: 'CAMPAIGN_NOT_FOUND' }));
  });

  it('says what was probably meant', () => {
    expect(() => findKnownCampaign(journal, 'Autum')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('Did you mean "Autumn"?') }),
    );
  });

  it('does not choose among campaigns of one name', () => {
    const twins = journalOf([
      runRecord('1', { campaignName: 'News' }),
      runRecord('2', { campaignId: AUTUMN, campaignName: 'News' }),
    ]);
    expect(() => findKnownCampaign(twins, 'News')).toThrow(
      expect.objectContaining({ code: 'CAMPAIGN_AMBIGUOUS', hint: expect.stringContaining(`id:${AUTUMN}`) }),
    );
  });
});
