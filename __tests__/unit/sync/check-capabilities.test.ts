import {
  CAPABILITY_CHECK_IDS,
  checkCapabilities,
  messagesOperation,
  offeredMessages,
} from '../../../src/sync/check-capabilities.ts';
import { refused } from './fake-dataverse.ts';

const names = CAPABILITY_CHECK_IDS.map((id) => id.replace('capability.', ''));
const without = (...missing: readonly string[]): ReadonlySet<string> =>
  new Set(['WhoAmI', ...names.filter((name) => !missing.includes(name))]);

function statuses(offered: ReadonlySet<string> | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    checkCapabilities(offered).map(({ id, status }) => [id.replace('capability.', ''), status]),
  );
}

describe('checkCapabilities', () => {
  it('is ok when every action is offered', () => {
    expect(Object.values(statuses(without()))).toEqual(names.map(() => 'ok'));
  });

  it.each(names)('warns when only %s is missing: something takes its place', (name) => {
    expect(statuses(without(name))).toEqual({ ...statuses(without()), [name]: 'warning' });
  });

  it.each([
    ['AddListMembersList', 'AddMemberList'],
    ['RemoveListMembersList', 'RemoveMemberList'],
  ])('sees a problem when neither %s nor %s is there', (bulk, single) => {
    expect(statuses(without(bulk, single))).toMatchObject({ [bulk]: 'problem', [single]: 'problem' });
  });

  it('names what is used instead', () => {
    const check = checkCapabilities(without('RemoveListMembersList')).find(({ id }) =>
      id.endsWith('RemoveListMembersList'),
    );
    expect(check?.found).toBe(
      'Not offered. It removes people in bulk; without it people are removed one by one by RemoveMemberList.',
    );
  });
});

describe('offeredMessages', () => {
  const answer = (...found: readonly string[]) =>
    ({ kind: 'ok', status: 200, headers: {}, body: { value: found.map((name) => ({ name })) } }) as const;

  it('gives the names that were found', () => {
    expect(offeredMessages(answer('WhoAmI', 'AddMemberList'))).toEqual(new Set(['WhoAmI', 'AddMemberList']));
  });

  it('takes an empty answer for a table that cannot be read, since every organization has WhoAmI', () => {
    expect(offeredMessages(answer())).toBeUndefined();
    expect(decodeURIComponent(messagesOperation().path)).toContain("name eq 'WhoAmI'");
  });

  it('knows nothing after a refusal', () => {
    expect(offeredMessages(refused(403))).toBeUndefined();
    expect(new Set(Object.values(statuses(undefined)))).toEqual(new Set(['not-checked']));
  });
});
