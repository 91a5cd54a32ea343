/** Campaigns of the default organization, one for each state a client must tell apart. */
import type { Row } from '../../store/row-store.ts';
import { ERIKA_USER_ID } from './users.ts';

export const CAMPAIGN_IDS = {
  springLaunch: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0001',
  autumnWebinar: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0002',
  winterGala: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0003',
  template: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0004',
  newsletterDe: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0005',
  newsletterEn: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0006',
  partnerSummit: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0007',
  tradeFair: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0008',
  roadshow: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0009',
  productDay: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0010',
  productDayCopy: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0011',
} as const;

const PROPOSED = 0;
const LAUNCHED = 2;
const COMPLETED = 3;
const INACTIVE = 6;

const ADVERTISEMENT = 1;
const DIRECT_MARKETING = 2;
const EVENT = 3;

export const CAMPAIGNS: readonly Row[] = [
  campaign(CAMPAIGN_IDS.springLaunch, 'Spring Launch', 'SPRING-LAUNCH', {
    typecode: DIRECT_MARKETING,
    statuscode: LAUNCHED,
    proposedstart: '2026-03-01T00:00:00Z',
    proposedend: '2026-05-31T00:00:00Z',
    objective: 'Bring the spring collection to people who asked for it.',
  }),
  campaign(CAMPAIGN_IDS.autumnWebinar, 'Autumn Webinar', 'WEBINAR-AUTUMN', {
    typecode: EVENT,
    statuscode: LAUNCHED,
    proposedstart: '2026-10-06T00:00:00Z',
    proposedend: '2026-10-08T00:00:00Z',
  }),
  campaign(CAMPAIGN_IDS.winterGala, 'Winter Gala', 'GALA-WINTER', {
    typecode: EVENT,
    statecode: 1,
    statuscode: INACTIVE,
  }),
  campaign(CAMPAIGN_IDS.template, 'Campaign Template', 'TEMPLATE-BASE', { typecode: ADVERTISEMENT, istemplate: true }),
  campaign(CAMPAIGN_IDS.newsletterDe, 'Newsletter', 'NEWS-DE', { typecode: DIRECT_MARKETING, statuscode: LAUNCHED }),
  campaign(CAMPAIGN_IDS.newsletterEn, 'Newsletter', 'NEWS-EN', { typecode: DIRECT_MARKETING, statuscode: LAUNCHED }),
  campaign(CAMPAIGN_IDS.partnerSummit, 'Partner Summit', 'SUMMIT-PARTNER', { typecode: EVENT, statuscode: COMPLETED }),
  campaign(CAMPAIGN_IDS.tradeFair, 'Trade Fair Berlin', 'FAIR-BERLIN', { typecode: EVENT, statuscode: LAUNCHED }),
  campaign(CAMPAIGN_IDS.roadshow, 'Roadshow', 'ROADSHOW', { typecode: EVENT, statuscode: PROPOSED }),
  campaign(CAMPAIGN_IDS.productDay, 'Product Day', 'PRODUCT-DAY', { typecode: EVENT, statuscode: LAUNCHED }),
  campaign(CAMPAIGN_IDS.productDayCopy, 'Product Day Copy', 'PRODUCT-DAY-2', { typecode: EVENT, statuscode: PROPOSED }),
];

function campaign(campaignid: string, name: string, codename: string, more: Row): Row {
  return {
    campaignid,
    name,
    codename,
    statecode: 0,
    statuscode: PROPOSED,
    createdon: '2026-01-12T09:30:00Z',
    modifiedon: '2026-01-12T09:30:00Z',
    _createdby_value: ERIKA_USER_ID,
    _modifiedby_value: ERIKA_USER_ID,
    _ownerid_value: ERIKA_USER_ID,
    ...more,
  };
}
