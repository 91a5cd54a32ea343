import { refusal, useEmulator } from '../support/emulator.ts';

const api = useEmulator();
const erika = 'e41ca000-0000-4000-8000-000000000003';
const erikaInEntra = 'e41ca000-0000-4000-8000-0000000000bb';
const disabled = 'd15ab1ed-0000-4000-8000-000000000004';
const me = async () => String((await api.get('WhoAmI')).json.UserId);

describe('impersonation', () => {
  it.each([
    ['MSCRMCallerID', erika],
    ['CallerObjectId', erikaInEntra],
  ])('by %s makes the other user the creator and names the caller beside [documented]', async (name, value) => {
    const answer = await api.post(
      'leads?$select=_createdby_value,_createdonbehalfby_value,_ownerid_value',
      { lastname: 'X' },
      { [name]: value, Prefer: 'return=representation' },
    );
    expect(answer.json).toMatchObject({
      _createdby_value: erika,
      _createdonbehalfby_value: await me(),
      _ownerid_value: erika,
    });
  });

  it('needs prvActOnBehalfOfAnotherUser [documented]', async () => {
    api.emulator().admin.setPrivileges(await me(), { prvActOnBehalfOfAnotherUser: 'None' });
    const answer = await api.get('WhoAmI', { MSCRMCallerID: erika });
    api.emulator().admin.setPrivileges(await me(), null);
    expect(answer).toMatchObject(
      refusal(403, '0x80040220', expect.stringContaining('is missing prvActOnBehalfOfAnotherUser privilege')),
    );
  });

  it('refuses a user nobody knows [field]', async () => {
    expect(await api.get('WhoAmI', { MSCRMCallerID: '00000000-0000-4000-8000-00000000dead' })).toMatchObject(
      refusal(403, '0x80072560', 'The user is not a member of the organization.'),
    );
  });

  it('refuses a disabled user [documented text]', async () => {
    expect(await api.get('WhoAmI', { MSCRMCallerID: disabled })).toMatchObject(
      refusal(403, '0x80040225', 'The specified user is either disabled or is not a member of any business unit.'),
    );
  });
});
