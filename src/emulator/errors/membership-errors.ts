/** Refusals of lists, members and campaign links. */
import { ODataError } from '../errors.ts';

export function unsupportedListMemberType(): ODataError {
  return new ODataError(400, '0x80040301', 'Unsupported list member type.');
}

export function listLocked(): ODataError {
  return new ODataError(400, '0x80040302', 'List is Locked. Cannot perform this action.');
}

export function listNotActive(): ODataError {
  return new ODataError(400, '0x8004033a', 'List is not active. Cannot perform this operation.');
}

export function dynamicList(): ODataError {
  return new ODataError(400, '0x8004f701', 'This action is not available for a dynamic marketing list.');
}

export function queryOnStaticList(): ODataError {
  return new ODataError(400, '0x8004f702', 'Query cannot be specified for a static list.');
}

export function lockOnDynamicList(): ODataError {
  return new ODataError(400, '0x8004f703', 'Lock Status cannot be specified for a dynamic list.');
}

export function partyNotActive(): ODataError {
  return new ODataError(400, '0x8004033b', 'The party is not active. Cannot perform this operation.');
}

export function notAListMember(): ODataError {
  return new ODataError(400, '0x80048458', 'Specified Item not a member of the specified List.');
}

export function inactiveItemToCampaign(): ODataError {
  return new ODataError(400, '0x80040304', 'Cannot associate an inactive item to a Campaign.');
}

export function notRelatedToCampaign(status: 400 | 404 = 400): ODataError {
  return new ODataError(status, '0x8004030e', 'Specified Object not related to the parent Campaign');
}

/** The intersect tables take no associate or disassociate through the list's own collections. [field] */
export function associateNotSupported(verb: 'Associate' | 'Disassociate'): ODataError {
  return new ODataError(400, '0x80040800', `${verb} is not supported for ListMember`);
}

export function leadClosed(): ODataError {
  return new ODataError(400, '0x80040519', 'The lead is already closed.');
}
