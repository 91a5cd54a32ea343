import { type Asked, type Capabilities, learnedFrom, trackCapabilities } from '../../../src/dataverse/capabilities.ts';
import { NO_SUCH_ROW, TOO_MANY_VALUES } from '../../../src/dataverse/refusals.ts';
import { DataverseError } from '../../../src/errors.ts';

const refusal = (status: number, dataverseCode?: string): DataverseError =>
  new DataverseError('DATAVERSE_REFUSED', 'No.', { status, dataverseCode });
const usual = trackCapabilities().current();
const noParameter = new DataverseError('DATAVERSE_REFUSED', 'Does not support untyped value in non-open type.', {
  status: 400,
});
const tooMany = refusal(400, TOO_MANY_VALUES);

describe('learnedFrom', () => {
  it.each<[string, Asked, DataverseError, Partial<Capabilities>, Partial<Capabilities> | undefined]>([
    ['a join', { what: 'people', joined: true, values: 500 }, refusal(400), {}, { outerJoin: false }],
    ['people without a join', { what: 'people', joined: false, values: 500 }, refusal(400), {}, undefined],
    ['people, for another reason', { what: 'people', joined: true, values: 500 }, refusal(403), {}, undefined],
    ['500 values', { what: 'people', joined: true, values: 500 }, tooMany, {}, { maxInValues: 250 }],
    ['40 of 50', { what: 'people', joined: true, values: 40 }, tooMany, { maxInValues: 50 }, { outerJoin: false }],
    [
      '500 values, when another batch has learnt that fewer are taken',
      { what: 'people', joined: false, values: 500 },
      tooMany,
      { maxInValues: 31 },
      {},
    ],
    [
      '500 memberships, when another batch has learnt that fewer are taken',
      { what: 'memberships', by: 'In', people: 500 },
      tooMany,
      { maxInValues: 250 },
      {},
    ],
    ['a list with its people', { what: 'members with people' }, refusal(400), {}, { outerJoin: false }],
    ['the join of lists and campaigns', { what: 'links' }, refusal(400), {}, { linkJoin: false }],
    ['the join of lists and campaigns, for another reason', { what: 'links' }, refusal(403), {}, undefined],
    ['memberships by In', { what: 'memberships', by: 'In', people: 9 }, refusal(400), {}, { membersBy: 'FetchXML' }],
    [
      'memberships by FetchXML',
      { what: 'memberships', by: 'FetchXML', people: 9 },
      refusal(400),
      { membersBy: 'FetchXML' },
      { membersBy: 'eq' },
    ],
    [
      'memberships one by one',
      { what: 'memberships', by: 'eq', people: 9 },
      refusal(400),
      { membersBy: 'eq' },
      { membersBy: 'whole list' },
    ],
    [
      'memberships in a way that another batch has left already',
      { what: 'memberships', by: 'In', people: 9 },
      refusal(400),
      { membersBy: 'eq' },
      {},
    ],
    ['three memberships', { what: 'memberships', by: 'In', people: 3 }, tooMany, {}, { maxInValues: 1 }],
    ['a link in a change set', { what: 'list with link' }, refusal(400), {}, { actionInChangeSet: false }],
    ['AddItemCampaign', { what: 'AddItemCampaign' }, refusal(404), {}, { addItemCampaign: false }],
    ['AddItemCampaign for a row', { what: 'AddItemCampaign' }, refusal(404, NO_SUCH_ROW), {}, undefined],
    ['RemoveItemCampaign', { what: 'RemoveItemCampaign' }, refusal(404), {}, { removeItemCampaign: false }],
    ['RemoveItemCampaign for a row', { what: 'RemoveItemCampaign' }, refusal(404, NO_SUCH_ROW), {}, undefined],
    ['RemoveListMembersList', { what: 'RemoveListMembersList' }, refusal(404), {}, { removeListMembers: false }],
    ['RemoveMemberList', { what: 'RemoveMemberList' }, refusal(404), {}, { removeMember: false }],
    ['a parameter of RemoveMemberList', { what: 'RemoveMemberList' }, noParameter, {}, { removeMember: false }],
    ['one person of RemoveMemberList', { what: 'RemoveMemberList' }, refusal(400), {}, undefined],
  ])('refused: %s', (_name, asked, error, known, expected) => {
    expect(learnedFrom(asked, error, { ...usual, ...known })).toEqual(expected);
  });
});
