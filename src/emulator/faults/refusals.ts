/** Answers of organizations in states of their own, for faults: U42, U43, and others that a client has to name. */
import { ODataError, refusal, segmentNotFound } from '../errors/errors.ts';

/** Codes and texts: Microsoft's table, and what real organizations answered. Differs: the texts of `administration-mode` and `older-server` are inferred. */
export const REFUSALS = {
  'ip-firewall': refusal(
    403,
    '0x80095ffe',
    'The request you are trying to make is rejected as access to your ip is blocked.',
  ),
  'app-blocked': refusal(
    403,
    '0x80095ffc',
    "Access to Dataverse API is restricted for this application Id : '51f81489-12ee-4a9e-aaae-a2591f45987d'. Please contact your administrator for more information.",
  ),
  'administration-mode': refusal(
    403,
    '',
    'The organization is in administration mode: only system administrators and customizers can sign in.',
  ),
  unlicensed: refusal(403, '0x8004d24b', 'The user has not been assigned any License'),
  unavailable: refusal(
    503,
    '0x8004a104',
    'The Dynamics 365 organization you are attempting to access is currently disabled.  Please contact your system administrator',
  ),
  'no-sales': () => segmentNotFound('campaigns'),
  'older-server': refusal(501, '', 'The requested version of the Web API is not implemented.'),
  'on-premises': () => new ODataError(401, '', '', { 'WWW-Authenticate': 'Negotiate, NTLM' }),
  'plug-in': refusal(400, '0x80040265', 'Contoso: nobody may be read or changed before nine o’clock.'),
} as const satisfies Record<string, () => ODataError>;

export type RefusalName = keyof typeof REFUSALS;

export const isRefusalName = (name: unknown): name is RefusalName =>
  typeof name === 'string' && Object.hasOwn(REFUSALS, name);
