import type { JsonObject, OperationResult } from '../../../src/dataverse/operation.ts';
import { checkMarketo } from '../../../src/sync/check-marketo.ts';
import { checkUser } from '../../../src/sync/check-user.ts';
import { refused } from './fake-dataverse.ts';

const USER = '3a4ce700-0000-4000-8000-000000000002';
const read = (body: JsonObject): OperationResult => ({ kind: 'ok', status: 200, headers: {}, body });
const rows = (...value: JsonObject[]): OperationResult => read({ value });

describe('checkUser', () => {
  it('names an application user', () => {
    const check = checkUser(USER, read({ fullname: '# dyncamp', applicationid: USER }), rows());
    expect(check).toEqual({ id: 'user', status: 'ok', found: `"# dyncamp", application user ${USER}.` });
  });

  it.each([
    ['a full name', { fullname: 'Marketo Sync User' }],
    ['a sign-in name', { fullname: 'Integration', domainname: 'marketo.sync@contoso.com' }],
    ['an abbreviation', { fullname: 'svc mkto' }],
  ])("warns of Marketo's sync user by %s", (_, body) => {
    expect(checkUser(USER, read(body), rows())).toMatchObject({
      status: 'warning',
      remedy: expect.stringContaining('does not read back'),
    });
  });

  it('warns of a user who made lists as Marketo names them', () => {
    const check = checkUser(USER, read({ fullname: 'Integration' }), rows({ listname: 'Mkto-leads-1004711' }));
    expect(check.status).toBe('warning');
    expect(check.found).toContain('"Mkto-leads-1004711"');
  });

  it("does not take lists that dyncamp made for Marketo's", () => {
    const check = checkUser(USER, read({ fullname: 'dyncamp' }), rows({ listname: `Mkto-leads-${USER}` }));
    expect(check.status).toBe('ok');
  });

  it('is content with the id where names cannot be read', () => {
    expect(checkUser(USER, refused(403), refused(403))).toMatchObject({
      status: 'ok',
      found: expect.stringContaining(USER),
    });
  });
});

describe('checkMarketo', () => {
  const solution = { uniquename: 'MarketoSalesInsight', friendlyname: 'Marketo', version: '4.2.0.0' };
  it.each([
    ['by its solution', rows(solution), rows(), 'Marketo 4.2.0.0'],
    [
      'by a column, where solutions cannot be read',
      refused(403),
      rows({ LogicalName: 'mkt_priority' }),
      'mkt_priority',
    ],
  ])('warns that new leads are seen as new people: found %s', (_, solutions, columns, text) => {
    const check = checkMarketo(solutions, columns);
    expect(check).toMatchObject({ id: 'marketo.solution', status: 'warning', found: expect.stringContaining(text) });
  });

  it.each<[string, OperationResult, OperationResult, string]>([
    ['neither is there', rows(), rows(), 'ok'],
    ['the solutions cannot be read and there is no column', refused(403), rows(), 'ok'],
    ['nothing can be read', refused(403), refused(403), 'not-checked'],
  ])('when %s', (_, solutions, columns, status) => {
    expect(checkMarketo(solutions, columns).status).toBe(status);
  });
});
