import {
  callerRefusal,
  isPrivilegeRefusal,
  missingPrivilege,
  mustSucceed,
  serviceError,
} from '../../../src/dataverse/errors.ts';
import { AuthenticationError, DataverseError, PrivilegeError } from '../../../src/errors.ts';

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
    [
      'a page',
      '<html><body>Bad Gateway</body></html>',
      'The server answered with HTTP 502 and a page instead of data.',
    ],
    ['nothing', '', 'The server answered with HTTP 502 and no explanation.'],
    ['broken JSON', '{"error":{"code":"0x8', 'The server answered with HTTP 502 and no explanation.'],
    ['JSON of another shape', '{"error":"x"}', 'The server answered with HTTP 502 and no explanation.'],
    [
      'no text',
      '{"error":{"code":"0x80040217","message":""}}',
      'The server answered with HTTP 502 and no explanation.',
    ],
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

describe('callerRefusal', () => {
  it.each([
    ['0x80072560', AuthenticationError, 'USER_NOT_IN_ORGANIZATION', /Application users/],
    ['0x80040225', AuthenticationError, 'USER_DISABLED', /Enable the user/],
    ['0x80042f09', PrivilegeError, 'NO_SECURITY_ROLE', /Edit security roles/],
  ])('makes of %s the error to stop with', (dataverseCode, type, code, hint) => {
    const stop = callerRefusal(refusal(403, dataverseCode));
    expect(stop).toBeInstanceOf(type);
    expect(stop).toMatchObject({ code, dataverseCode, status: 403, hint: expect.stringMatching(hint) });
  });

  it.each(['0x80040220', '0x80040217', ''])('leaves %j to the caller', (code) => {
    expect(callerRefusal(refusal(403, code))).toBeUndefined();
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

describe('mustSucceed', () => {
  const TEXT =
    "Principal user (Id=1, type=8, roleCount=1), is missing prvReadLead privilege (Id=2) on OTC=4 for entity 'lead'.";

  it('names the privilege that is missing', () => {
    const error = refusal(403, '0x80040220', TEXT);
    expect(missingPrivilege(error)).toBe('prvReadLead');
    const failed = mustSucceed('read leads', error);
    expect(failed).toBeInstanceOf(PrivilegeError);
    expect(failed).toMatchObject({
      message: `Could not read leads: ${TEXT}`,
      hint: expect.stringContaining('prvReadLead'),
      cause: error,
    });
  });

  it('knows of no privilege where the text has none', () => {
    expect(missingPrivilege(refusal(403, '0x80048405', 'Access is denied.'))).toBeUndefined();
  });

  it('says what failed and keeps code and status', () => {
    const failed = mustSucceed(
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
