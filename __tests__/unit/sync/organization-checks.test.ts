import { type Depth, heldBy, PRIVILEGES } from '../../../src/campaign/privileges.ts';
import type { OperationResult } from '../../../src/dataverse/operation.ts';
import type { JsonObject } from '../../../src/json.ts';
import type { Check } from '../../../src/sync/check.ts';
import {
  ORGANIZATION_CHECKS,
  ORGANIZATION_READS,
  type OrganizationReadName,
  offeredMessages,
} from '../../../src/sync/organization-checks.ts';
import { refused } from '../../support/fake-dataverse.ts';

const ORGANIZATION = '00000000-0000-4000-8000-0000000000aa';
const USER = '3a4ce700-0000-4000-8000-000000000002';
const identity = { organizationId: ORGANIZATION, organizationName: 'Contoso', userId: USER };
const read = (body: JsonObject): OperationResult => ({ kind: 'ok', status: 200, headers: {}, body });
const rows = (...value: JsonObject[]): OperationResult => read({ value });

type Given = Partial<Record<OrganizationReadName, OperationResult>>;
const answersOf = (given: Given): ReadonlyMap<OrganizationReadName, OperationResult> =>
  new Map(Object.entries(given).flatMap(([name, result]) => (isName(name) ? [[name, result]] : [])));
const isName = (name: string): name is OrganizationReadName => name in ORGANIZATION_READS;

function check(given: Given, isPinned = false): readonly Check[] {
  const [privileges, optional] = [heldBy(given.privileges), heldBy(given.optionalPrivileges)];
  const connection = { origin: 'https://contoso', signIn: 'by token', identity, isPinned };
  const email = { secured: [], refusal: undefined, trouble: undefined };
  const facts = { ...connection, answers: answersOf(given), privileges, optional, email };
  return ORGANIZATION_CHECKS.map(({ id, check }) => ({ id, ...check(facts) }));
}
const one = (id: string, given: Given) => check(given).find((each) => each.id === id);

describe('the user', () => {
  const user = (body: JsonObject, lists: OperationResult = rows()) =>
    one('user', { user: read(body), listsMade: lists });

  it('is named as an application user', () => {
    expect(user({ fullname: '# dyncamp', applicationid: USER })).toEqual({
      id: 'user',
      status: 'ok',
      found: `"dyncamp", application user ${USER}.`,
    });
  });

  it.each([
    ['a full name', { fullname: 'Marketo Sync User' }],
    ['a sign-in name', { fullname: 'Integration', domainname: 'marketo.sync@contoso.com' }],
    ['an abbreviation', { fullname: 'svc mkto' }],
  ])("is Marketo's sync user by %s: a warning", (_, body) => {
    expect(user(body)).toMatchObject({ status: 'warning', remedy: expect.stringContaining('does not read back') });
  });

  it('is warned of when it made lists as Marketo names them', () => {
    const found = user({ fullname: 'Integration' }, rows({ listname: 'Mkto-leads-1004711' }));
    expect(found).toMatchObject({ status: 'warning', found: expect.stringContaining('"Mkto-leads-1004711"') });
  });

  it("is not taken for Marketo's by lists that dyncamp made", () => {
    expect(user({ fullname: 'dyncamp' }, rows({ listname: `Mkto-leads-${USER}` }))?.status).toBe('ok');
  });

  it('is shown by its id where names cannot be read', () => {
    expect(one('user', { user: refused(403), listsMade: refused(403) })).toMatchObject({
      status: 'ok',
      found: expect.stringContaining(USER),
    });
  });
});

describe('organization and version', () => {
  it.each([
    [true, `"Contoso", id ${ORGANIZATION}, as stored in the profile.`],
    [false, `"Contoso", id ${ORGANIZATION}.`],
  ])('say which organization it is, pinned: %s', (isPinned, found) => {
    expect(check({}, isPinned).find(({ id }) => id === 'organization')).toMatchObject({ status: 'ok', found });
  });

  it.each<[string, OperationResult, string]>([
    ['9.2.24101.201', read({ Version: '9.2.24101.201' }), 'ok'],
    ['an old version', read({ Version: '8.2.1.176' }), 'warning'],
    ['a version that is refused', refused(404), 'problem'],
  ])('checks the version %s', (_, version, status) => {
    expect(one('version', { version })?.status).toBe(status);
  });
});

describe('privileges', () => {
  const everything: Readonly<Record<string, Depth>> = Object.fromEntries(
    PRIVILEGES.map(({ name }) => [name, 'Global']),
  );
  const held = (depths: Readonly<Record<string, Depth>>): readonly Check[] => {
    const granted = Object.entries(depths).map(([PrivilegeName, Depth]) => ({ PrivilegeName, Depth }));
    return check({ privileges: read({ RolePrivileges: granted }) }).filter(({ id }) => id.startsWith('privilege.'));
  };

  it('are ok for a user who holds everything for the whole organization', () => {
    expect(held(everything).map(({ status }) => status)).toEqual(PRIVILEGES.map(() => 'ok'));
  });

  it.each<[string, Depth, string]>([
    ['prvReadLead', 'Deep', 'problem'],
    ['prvReadLead', 'Basic', 'problem'],
    ['prvReadLead', 'RecordFilter', 'problem'],
    ['prvReadCampaign', 'none', 'problem'],
    ['prvCreateList', 'Basic', 'ok'],
    ['prvCreateLead', 'Local', 'ok'],
    ['prvCreateLead', 'none', 'problem'],
    ['prvAppendLead', 'Basic', 'warning'],
    ['prvAppendToCampaign', 'Deep', 'warning'],
    ['prvAppendToList', 'none', 'problem'],
    ['prvReadAttribute', 'none', 'problem'],
  ])('checks %s at %s as %s', (name, depth, status) => {
    expect(held({ ...everything, [name]: depth }).find(({ id }) => id === `privilege.${name}`)?.status).toBe(status);
  });

  it('say depth and remedy with the name that the role editor uses', () => {
    const [first] = held({ ...everything, prvReadCampaign: 'Local' });
    expect(first?.found).toContain('Only Local (Business unit)');
    expect(first?.remedy).toContain('prvReadCampaign at Global (Organization)');
  });

  it('are named with their use where they are optional, and never a problem', () => {
    const optional = read({ RolePrivileges: [{ PrivilegeName: 'prvReadUser', Depth: 'Global' }] });
    const found = one('privileges.optional', { optionalPrivileges: optional });
    expect(found).toMatchObject({
      status: 'ok',
      found: expect.stringContaining('sync repair: unlink a list (prvReadActivity)'),
    });
    expect(found?.found).not.toContain('prvReadUser');
    expect(one('privileges.optional', { optionalPrivileges: refused(403) })?.status).toBe('ok');
  });

  it('are missing when they are not in the answer', () => {
    expect(held({}).every(({ status }) => status === 'problem')).toBe(true);
  });

  it.each([
    ['refused', refused(403)],
    ['empty', read({})],
  ])('are a problem each when the answer is %s', (_, privileges) => {
    const found = check({ privileges }).filter(({ id }) => id.startsWith('privilege.'));
    expect(found.map(({ status }) => status)).toEqual(PRIVILEGES.map(() => 'problem'));
  });
});

describe('actions', () => {
  const PREFIX = 'capability.';
  const names = check({})
    .map(({ id }) => id)
    .filter((id) => id.startsWith(PREFIX))
    .map((id) => id.slice(PREFIX.length));
  const offering = (offered: readonly string[]): Given => ({ messages: rows(...offered.map((name) => ({ name }))) });
  const without = (...missing: readonly string[]): Given =>
    offering(['WhoAmI', ...names.filter((name) => !missing.includes(name))]);
  const statuses = (given: Given): Readonly<Record<string, string>> =>
    Object.fromEntries(
      check(given).flatMap(({ id, status }) => (id.startsWith(PREFIX) ? [[id.slice(PREFIX.length), status]] : [])),
    );

  it('are ok when every one is offered', () => {
    expect(Object.values(statuses(without()))).toEqual(names.map(() => 'ok'));
  });

  it.each(names)('are a warning when only %s is missing: something takes its place', (name) => {
    expect(statuses(without(name))).toEqual({ ...statuses(without()), [name]: 'warning' });
  });

  it.each([
    ['AddListMembersList', 'AddMemberList'],
    ['RemoveListMembersList', 'RemoveMemberList'],
  ])('are a problem when neither %s nor %s is there', (bulk, single) => {
    expect(statuses(without(bulk, single))).toMatchObject({ [bulk]: 'problem', [single]: 'problem' });
  });

  it('name what is used instead', () => {
    expect(one('capability.RemoveListMembersList', without('RemoveListMembersList'))?.found).toBe(
      'Not offered. It removes people in bulk; without it people are removed one by one by RemoveMemberList.',
    );
  });

  it('take an empty answer for a table that cannot be read, since every organization has WhoAmI', () => {
    expect(offeredMessages(answersOf(offering([])))).toBeUndefined();
    expect(decodeURIComponent(ORGANIZATION_READS.messages().path)).toContain("name eq 'WhoAmI'");
  });

  it.each([
    ['after a refusal', { messages: refused(403) }],
    ['when the table shows none', offering([])],
  ])('are a problem each %s', (_, given) => {
    expect(new Set(Object.values(statuses(given)))).toEqual(new Set(['problem']));
  });

  it('name the privilege that the refusal names', () => {
    const messages = refused(403, '0x80040220', 'Principal user (Id=1) is missing prvReadSdkMessage privilege');
    expect(one('capability.AddItemCampaign', { messages })).toMatchObject({
      found: expect.stringMatching(/could not be read: Principal .* prvReadSdkMessage privilege \(0x80040220\)$/),
      remedy: expect.stringContaining("Give the user's security role prvReadSdkMessage"),
    });
  });
});

describe("Marketo's solution", () => {
  const marketo = (solutions: OperationResult, marketoColumns: OperationResult) =>
    one('marketo.solution', { solutions, marketoColumns });
  const solution = { uniquename: 'MarketoSalesInsight', friendlyname: 'Marketo', version: '4.2.0.0' };

  it.each([
    ['by its solution', rows(solution), rows(), 'Marketo 4.2.0.0'],
    ['by a column, without solutions', refused(403), rows({ LogicalName: 'mkt_priority' }), 'mkt_priority'],
  ])('is warned of, since it sees new leads as new people: found %s', (_, solutions, columns, text) => {
    expect(marketo(solutions, columns)).toMatchObject({ status: 'warning', found: expect.stringContaining(text) });
  });

  it.each<[string, OperationResult, OperationResult, string]>([
    ['neither is there', rows(), rows(), 'ok'],
    ['the solutions cannot be read and there is no column', refused(403), rows(), 'ok'],
    ['nothing can be read', refused(403), refused(403), 'problem'],
  ])('when %s', (_, solutions, columns, status) => {
    expect(marketo(solutions, columns)?.status).toBe(status);
  });
});
