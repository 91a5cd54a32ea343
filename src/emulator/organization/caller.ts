/** Finds the user behind a request: the token's application user, or the one it acts for. */
import { refuse } from '../errors/errors.ts';
import type { WireRequest } from '../requests/wire.ts';
import type { Schema } from '../schema/schema.ts';
import type { Row } from '../store/row.ts';
import type { RowStore } from '../store/store.ts';
import type { Switches } from '../switches.ts';
import { APPLICATION_ID } from './organization.ts';
import { type Caller, depthOf, lowerDepth, readPrivileges, requirePrivileges } from './privileges.ts';

/**
 * Says to whom a bearer token was issued: an application, or a person (object id) through one; undefined for tokens that are not
 * accepted, or no longer.
 */
export type TokenCheck = (token: string) => { applicationId: string; objectId?: string } | undefined;

/** Accepts any token. `app:<application id>` names an application, so that tests can choose their user. */
export const anyToken: TokenCheck = (token) => ({ applicationId: /^app:(.+)$/.exec(token)?.[1] ?? APPLICATION_ID });

type CallerSource = { store: RowStore; schema: Schema; checkToken: TokenCheck; conditions: { switches: Switches } };

export function findCaller({ store, schema, checkToken, conditions }: CallerSource, request: WireRequest): Caller {
  const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw refuse.notAuthenticated(request.origin);
  const granted = checkToken(token);
  if (granted === undefined)
    throw refuse.notAuthenticated(request.origin, 'The access token has expired or is not valid');
  const signedIn = usable(
    granted.objectId === undefined
      ? findUser(store, 'applicationid', granted.applicationId)
      : findUser(store, 'azureactivedirectoryobjectid', granted.objectId),
  );
  const own = readPrivileges(store, signedIn);
  const depth = (name: string) => depthOf(own, name, conditions.switches);
  const represented = representedUser(store, request);
  if (represented === undefined || represented === signedIn) return { userId: signedIn, depth };
  requirePrivileges({ schema, userId: signedIn, caller: { depth } }, ['prvActOnBehalfOfAnotherUser']);
  const theirs = readPrivileges(store, represented);
  return {
    userId: represented,
    onBehalfBy: signedIn,
    depth: (name) => lowerDepth(depth(name), depthOf(theirs, name, conditions.switches)),
  };
}

/** A part of a batch may name another user to act for. */
export function partCaller(
  source: CallerSource,
  part: WireRequest,
  { outer, caller }: { outer: WireRequest; caller: Caller },
): Caller {
  const isSame = ['mscrmcallerid', 'callerobjectid'].every((name) => part.headers[name] === outer.headers[name]);
  if (isSame) return caller;
  const authorization = outer.headers.authorization ?? '';
  return findCaller(source, { ...part, headers: { ...part.headers, authorization } });
}

function representedUser(store: RowStore, { headers }: WireRequest): string | undefined {
  const { mscrmcallerid: systemUserId, callerobjectid: objectId } = headers;
  if (systemUserId !== undefined) return usable(store.get('systemuser', systemUserId));
  if (objectId !== undefined) return usable(findUser(store, 'azureactivedirectoryobjectid', objectId));
  return undefined;
}

function findUser(store: RowStore, column: string, value: string): Row | undefined {
  return store.find('systemuser', { [column]: value.toLowerCase() }).next().value ?? undefined;
}

function usable(user: Row | undefined): string {
  if (user === undefined || typeof user.systemuserid !== 'string') throw refuse.userNotMemberOfOrganization();
  if (user.isdisabled === true) throw refuse.userDisabled();
  return user.systemuserid;
}
