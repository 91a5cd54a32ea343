/** Refusals for who is asking: sign-in, organization, privileges. */
import { ODataError } from '../errors.ts';
import { ORGANIZATION } from '../organization.ts';

/** 401 has an empty body; the challenge names tenant and resource. [documented] */
export function notAuthenticated(origin: string, reason?: string): ODataError {
  const authority = `https://login.microsoftonline.com/${ORGANIZATION.tenantId}/oauth2/authorize`;
  const error = reason === undefined ? '' : `, error=invalid_token, error_description=${reason}`;
  return new ODataError(401, '', '', {
    'WWW-Authenticate': `Bearer authorization_uri=${authority}, resource_id=${origin}/${error}`,
  });
}

export function userNotMemberOfOrganization(): ODataError {
  return new ODataError(403, '0x80072560', 'The user is not a member of the organization.');
}

export function userDisabled(): ODataError {
  return new ODataError(
    403,
    '0x80040225',
    'The specified user is either disabled or is not a member of any business unit.',
  );
}

export type MissingPrivilege = {
  userId: string;
  callerId: string;
  name: string;
  privilegeId: string;
  privilegeCount: number;
  objectTypeCode: number;
  table: string;
};

export function privilegeDenied(missing: MissingPrivilege): ODataError {
  const principal = `Principal user (Id=${missing.userId}, type=8, roleCount=1, privilegeCount=${missing.privilegeCount}, accessMode=4)`;
  const privilege = `is missing ${missing.name} privilege (Id=${missing.privilegeId}) on OTC=${missing.objectTypeCode} for entity '${missing.table}'`;
  return new ODataError(403, '0x80040220', `${principal}, ${privilege}. context.Caller=${missing.callerId}`);
}

/** A privilege is held, but not deep enough for this row. */
export function accessDenied(): ODataError {
  return new ODataError(403, '0x80048405', 'Access is denied.');
}
