import { couldNot, isPrivilegeRefusal, missingPrivilege, serviceError } from '../../../src/dataverse/errors.ts';
import { concernsEveryone } from '../../../src/dataverse/refusals.ts';
import { DataverseError } from '../../../src/errors.ts';
import { exitCodeOf } from '../../../src/terminal/exit-codes.ts';

function reply(status: number, body: unknown, headers: Record<string, string> = {}) {
  return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

function refusal(status: number, code: string, message = 'no') {
  return serviceError(reply(status, { error: { code, message } }));
}

const A = '5ecd1cb3-1730-4ffc-909c-d44c22270026';
const B = 'ffffffff-1730-4ffc-909c-d44c22270026';

describe('serviceError', () => {
  it('takes code, text, status and request id', () => {
    const error = serviceError(
      reply(
        404,
        { error: { code: '0x8004030E', message: 'lead With Id = x Does Not Exist' } },
        { req_id: `${A.toUpperCase()},${B}` },
      ),
    );
    expect(error).toMatchObject({
      code: 'DATAVERSE_REFUSED',
      message: 'lead With Id = x Does Not Exist',
      status: 404,
      dataverseCode: '0x8004030e',
      requestId: A,
    });
  });

  it.each([
    ['8004030E', '0x8004030e'],
    ['0X80040217', '0x80040217'],
    ['', undefined],
    ['0x0', undefined],
    ['nonsense', undefined],
  ])('reads the code %j as %s', (code, expected) => {
    expect(refusal(400, code).dataverseCode).toBe(expected);
  });

  it.each([
    ['a page', '<html>Bad Gateway</html>', 'The server answered with HTTP 502 and a page instead of data.'],
    ['nothing', '', 'The server answered with HTTP 502 and no explanation.'],
    ['broken JSON', '{"error":{"code":"0x8', 'The server answered with HTTP 502 and no explanation.'],
    ['JSON of another shape', '{"error":"x"}', 'The server answered with HTTP 502 and no explanation.'],
    ['none', '{"error":{"code":"0x80040217","message":""}}', 'The server answered with HTTP 502 and no explanation.'],
  ])('makes a sentence of %s', (_name, body, message) => {
    expect(serviceError(reply(502, body)).message).toBe(message);
  });

  it('puts the text on one line, without traces and control characters', () => {
    const message = 'Plug-in said\r\nno\u0007!\u2028\r\n   at Contoso.Plugin.Execute()\r\n   at X';
    expect(refusal(400, '0x80040265', message).message).toBe('Plug-in said no !');
  });

  it('cuts a text that would fill the screen', () => {
    expect(refusal(400, '0x80040265', 'x'.repeat(10_000)).message).toHaveLength(601);
  });

  it('takes the service request id when there is no REQ_ID', () => {
    expect(serviceError(reply(400, '', { 'x-ms-service-request-id': `${B},${A}` })).requestId).toBe(B);
    expect(serviceError(reply(400, '', { req_id: 'none' })).requestId).toBeUndefined();
  });
});

describe('serviceError, by the table of refusals', () => {
  it.each([
    ['a user who is not there', 403, '0x80072560', 'no', 'USER_NOT_IN_ORGANIZATION', 4, /Application users/],
    ['a disabled user', 403, '0x80040225', 'no', 'USER_DISABLED', 4, /Enable the user/],
    ['a user without licence', 403, '0x8004d24b', 'no', 'USER_NOT_LICENSED', 69, /Licenses/],
    ['the same by its text', 403, '', 'The user is not licensed.', 'USER_NOT_LICENSED', 69, /Licenses/],
    ['a user without role', 403, '0x80042f09', 'no', 'NO_SECURITY_ROLE', 5, /Edit security roles/],
    ['the IP firewall', 403, '0x80095ffe', 'no', 'IP_BLOCKED', 5, /IP address settings/],
    ['the same by its text', 403, '0x80090abc', 'rejected as access to your IP is blocked.', 'IP_BLOCKED', 5, /public/],
    ['an app that is kept out', 403, '0x80095ffc', 'no', 'APP_BLOCKED', 5, /client id/],
    ['administration mode', 403, '', 'The organization is in admin mode.', 'ADMINISTRATION_MODE', 69, /turned it off/],
    ['a disabled environment', 400, '0x8004a104', 'no', 'ENVIRONMENT_DISABLED', 69, /administrator/],
    ['Sales', 404, '0x80060888', "Resource not found for the segment 'campaigns'.", 'SALES_MISSING', 69, /install it/],
    ['an old server', 501, '', 'Not implemented', 'SERVER_TOO_OLD', 69, /9\.1/],
  ] as const)('names %s, for everyone', (_, status, dataverseCode, text, code, exit, hint) => {
    const error = refusal(status, dataverseCode, text);
    expect(error).toMatchObject({ code, status, hint: expect.stringMatching(hint) });
    expect(error.message).toMatch(new RegExp(`.{10}: ${text}$`));
    expect({ exit: exitCodeOf(error), everyone: concernsEveryone(error) }).toEqual({ exit, everyone: true });
    expect(couldNot('read leads', error)).toBe(error);
  });

  it.each([
    ['a plug-in', 400, '0x80040265', 'PLUGIN_REFUSED', 69, /plug-in/],
    ['a plug-in that failed', 500, '0x80040224', 'PLUGIN_REFUSED', 69, /plug-in/],
    ['a privilege', 403, '0x80040220', 'PRIVILEGE_MISSING', 5, /security role/],
    ['another 403', 403, '0x80090abc', 'ACCESS_REFUSED', 5, /administrator/],
    ['anything else', 400, '0x80040203', 'DATAVERSE_REFUSED', 69, /request id/],
  ] as const)('leaves the words of %s as they are', (_, status, dataverseCode, code, exit, hint) => {
    const error = refusal(status, dataverseCode, 'No, said the server.');
    expect(error).toMatchObject({ code, message: 'No, said the server.', hint: expect.stringMatching(hint) });
    expect({ exit: exitCodeOf(error), everyone: concernsEveryone(error) }).toEqual({ exit, everyone: false });
    expect(error.hint).not.toMatch(/run the same command again/i);
  });
});

describe('isPrivilegeRefusal', () => {
  it.each(['0x80040220', '0x80040231', '0x80048405', '0x80040277', '0x80048306'])(
    'knows %s, whatever the status',
    (code) => {
      expect(isPrivilegeRefusal(refusal(403, code))).toBe(true);
      expect(isPrivilegeRefusal(refusal(400, code))).toBe(true);
    },
  );

  it('takes a 403 without a code for one', () => {
    expect(isPrivilegeRefusal(refusal(403, ''))).toBe(true);
  });

  it.each([refusal(400, ''), refusal(404, '0x80040217'), refusal(403, '0x80072560'), new Error('no'), undefined])(
    'does not take %# for one',
    (error) => {
      expect(isPrivilegeRefusal(error)).toBe(false);
    },
  );
});

describe('couldNot', () => {
  const TEXT =
    "Principal user (Id=1, type=8, roleCount=1), is missing prvReadLead privilege (Id=2) on OTC=4 for entity 'lead'.";

  it('names the privilege that is missing', () => {
    const error = refusal(403, '0x80040220', TEXT);
    expect(missingPrivilege(TEXT)).toBe('prvReadLead');
    const failed = couldNot('read leads', error);
    expect(exitCodeOf(failed)).toBe(5);
    expect(failed).toMatchObject({
      message: `Could not read leads: ${TEXT}`,
      hint: expect.stringContaining('prvReadLead'),
      cause: error,
    });
  });

  it('knows of no privilege where the text has none', () => {
    expect(missingPrivilege('Access is denied.')).toBeUndefined();
  });

  it('says what failed and keeps code and status', () => {
    const failed = couldNot(
      'read acounts',
      refusal(404, '0x80060888', "Resource not found for the segment 'acounts'."),
    );
    expect(failed).toBeInstanceOf(DataverseError);
    expect(failed).toMatchObject({
      message: "Could not read acounts: Resource not found for the segment 'acounts'.",
      status: 404,
      dataverseCode: '0x80060888',
    });
  });
});
