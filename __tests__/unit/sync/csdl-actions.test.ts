import { csdlActions } from '../../../src/sync/unsettled-protocol.ts';

const CSDL = `<Schema><EntityType Name="list"><Key/></EntityType>
<Action Name="WinQuote" />
<Action Name="AddItemCampaign" IsBound="true"><Parameter Name="entity" Type="mscrm.list" Nullable="false" /><Parameter Name="Campaign" Type="mscrm.campaign" Nullable="false" /><ReturnType Type="mscrm.campaignitem" Nullable="false" /></Action>
<Action IsBound="true" Name="AddItemCampaign">
  <Parameter Type="mscrm.product" Name="entity"/>
  <Parameter Type="mscrm.campaign" Name="Campaign"/>
</Action>
<Action Name="AddListMembersList"><Parameter Name="List" Type="mscrm.list"/><Parameter Name="Members" Type="Collection(mscrm.crmbaseentity)"/></Action>
</Schema>`;

describe('csdlActions', () => {
  it('gives each declaration, by what it is bound to, with its own parameters', () => {
    expect(csdlActions(CSDL)).toEqual([
      { name: 'WinQuote', boundTo: undefined, parameters: [] },
      { name: 'AddItemCampaign', boundTo: 'mscrm.list', parameters: ['Campaign'] },
      { name: 'AddItemCampaign', boundTo: 'mscrm.product', parameters: ['Campaign'] },
      { name: 'AddListMembersList', boundTo: undefined, parameters: ['List', 'Members'] },
    ]);
  });

  it.each(['', '<html>Sign in</html>', '{"error":{}}'])('says nothing of a text without actions: %j', (text) => {
    expect(csdlActions(text)).toBeUndefined();
  });
});
