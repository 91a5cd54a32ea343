/** The run of `dyncamp sync check --request`: needs no access to anything, since it asks for it. */
import type { Context } from '../../context.ts';
import { SettingsError } from '../../errors.ts';
import type { ConnectionSettings } from '../../settings/connection-settings.ts';
import { accessRequest, type RequestedAccess } from '../../sync/access-request.ts';
import { EXIT } from '../../terminal/exit-codes.ts';

export async function printAccessRequest(context: Context): Promise<number> {
  await context.terminal.stdout.write(accessRequest(await knownSoFar(context)));
  return EXIT.done;
}

/** What settings tell already is filled in; without settings the text has blanks. A broken settings file is an error here too. */
async function knownSoFar(context: Context): Promise<RequestedAccess> {
  try {
    const { origin, signIn } = await context.settings();
    return { origin, ...applicationOf(signIn) };
  } catch (error) {
    const isNotSetUp = error instanceof SettingsError && NOT_SET_UP.has(error.code);
    if (!isNotSetUp) throw error;
    return { origin: undefined, tenantId: undefined, clientId: undefined };
  }
}

const NOT_SET_UP = new Set(['NOT_CONNECTED', 'PROFILE_NOT_NAMED', 'SIGN_IN_MISSING', 'SIGN_IN_INCOMPLETE']);

function applicationOf(signIn: ConnectionSettings['signIn']): Pick<RequestedAccess, 'tenantId' | 'clientId'> {
  return {
    tenantId: 'tenantId' in signIn ? signIn.tenantId : undefined,
    clientId: 'clientId' in signIn ? signIn.clientId : undefined,
  };
}
