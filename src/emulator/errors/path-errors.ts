/** Refusals of the OData layer: paths, verbs, payloads. */
import { ODataError } from '../errors.ts';

/** Conflict: 0x8006088a in the docs, 0x80060888 on current organizations, empty on v8. */
export function segmentNotFound(segment: string): ODataError {
  return new ODataError(404, '0x80060888', `Resource not found for the segment '${segment}'.`);
}

export function invalidRefSegment(segment: string): ODataError {
  return new ODataError(400, '0x80060888', `The URI segment '$ref' is invalid after the segment '${segment}'.`);
}

export function noHttpResource(url: string): ODataError {
  return new ODataError(404, '', `No HTTP resource was found that matches the request URI '${url}'.`);
}

export function methodNotAllowed(method: string): ODataError {
  return new ODataError(405, '', `The requested resource does not support http method '${method}'.`);
}

export function querySyntax(): ODataError {
  return new ODataError(400, '0x80060888', 'Bad Request - Error in query syntax.');
}

export function uriTooLong(): ODataError {
  return new ODataError(400, '0x80060888', 'Invalid URI: The Uri string is too long.');
}

export function payloadTooLarge(): ODataError {
  return new ODataError(413, '0x8006088a', 'The request payload exceeds the maximum message size.');
}

/** Known to Dataverse, outside what this emulator serves: said loudly rather than guessed. */
export function notEmulated(what: string): ODataError {
  return new ODataError(501, '0x80040315', `This emulator does not implement ${what}. Dataverse itself may.`);
}

export function invalidJson(detail: string): ODataError {
  return new ODataError(400, '0x80048d19', payloadText('', detail));
}

/** For elastic tables only; the text is the documented one. */
export function deleteMultiple(): ODataError {
  return new ODataError(400, '0x80040216', 'DeleteMultiple has not yet been implemented.');
}

/** Undeclared parameters of an action. [documented, field: the last sentence] */
export function untypedParameter(name: string, operation: string): ODataError {
  const inner = `Microsoft.OData.ODataException: The parameter '${name}' in the request payload is not a valid parameter for the operation '${operation}'. Does not support untyped value in non-open type.`;
  return new ODataError(400, '0x80048d19', payloadText('', inner));
}

/** A member of an abstract type without `@odata.type`; that it fails is documented, the wording is unsettled. */
export function abstractMember(): ODataError {
  const inner =
    "Microsoft.OData.ODataException: A value of the abstract type 'Microsoft.Dynamics.CRM.crmbaseentity' needs an '@odata.type' annotation.";
  return new ODataError(400, '0x80048d19', payloadText('', inner));
}

export function payloadError(table: string, inner: string): ODataError {
  return new ODataError(400, '0x80048d19', payloadText(table, inner));
}

function payloadText(table: string, inner: string): string {
  return `Error identified in Payload provided by the user for Entity :'${table}'  ----> InnerException : ${inner}`;
}
