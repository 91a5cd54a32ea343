/**
 * What the errors of the emulator rest on whose texts are not those of Microsoft’s table of codes. `x` stands for what a request names;
 * payload errors are given without their preamble.
 */
type ErrorBasis = { basis: string; texts: Readonly<Record<string, readonly string[]>> };

export const ERROR_BASES: readonly ErrorBasis[] = [
  {
    basis: 'the wire text of real organizations, in recordings, issue reports or other clients’ sources',
    texts: {
      '0x80040217': ['x With Id = x Does Not Exist'],
      '0x80040237': ['A record with matching key values already exists.', 'Cannot insert duplicate key.'],
      '0x80040800': ['x is not supported for ListMember', 'x method does not support entity type of x'],
      '0x80041103': ["'x' entity doesn't contain attribute with Name = 'x' and NameMapping = 'Logical'."],
      '0x80048d19': [
        "An undeclared property 'x' which only has property annotations in the payload but no property value was found in the payload. In OData, only declared navigation properties and declared named streams can be represented as properties without values.",
      ],
      '0x80060888': [
        'CRM do not support direct update of Entity Reference properties, Use Navigation properties instead.',
        "The URI segment '$ref' is invalid after the segment 'x'.",
        'URL was not parsed due to an ODataUnrecognizedPathException. Resource not found for the segment provided in the URL.',
      ],
    },
  },
  {
    basis: 'the wire text in Microsoft’s documentation',
    texts: {
      '': ["No HTTP resource was found that matches the request URI 'x'."],
      '0x0': [
        "An error occurred while validating input parameters: Microsoft.Crm.CrmException: Invalid property 'x' was found in entity 'Microsoft.Dynamics.CRM.x'. ---> Microsoft.OData.ODataException: Does not support untyped value in non-open type.",
      ],
      '0x80040216': ['DeleteMultiple has not yet been implemented.'],
      '0x80040220': [
        "Principal user (Id=x, type=8, roleCount=1, privilegeCount=x, accessMode=4), is missing x privilege (Id=x) on OTC=x for entity 'x'. context.Caller=x",
      ],
      '0x80041102': ["The entity with a name = 'x' with namemapping = 'Logical' was not found in the MetadataCache."],
      '0x80044331': [
        "A validation error occurred.  The length of the 'x' attribute of the 'x' entity exceeded the maximum allowed length of 'x'.",
      ],
      '0x80048d19': ['System.ArgumentException: Stream was not readable.'],
      '0x80060888': [
        "Content-ID Reference: 'x' does not exist in the batch context.",
        "Could not find a property named 'x' on type 'Microsoft.Dynamics.CRM.x'.",
        "Invalid JSON. A comma character ',' was expected in scope 'Array'. Every two elements in an array and properties of an object must be separated by commas.",
        'Invalid URI: The Uri string is too long.',
        'Not operator along with the Custom Named Condition operators is not allowed',
        'Only $select and $filter clause can be provided while doing $expand on many-to-one relationship or nested one-to-many relationship.',
        "Resource not found for the segment 'x'.",
      ],
      '0x80072321': [
        'Combined execution time of incoming requests exceeded limit of 1,200,000 milliseconds over time window of 300 seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later.',
      ],
      '0x80072322': ['Number of requests exceeded the limit of 6000 over time window of 300 seconds.'],
      '0x80072326': ['Number of concurrent requests exceeded the limit of 52.'],
    },
  },
  {
    basis:
      'Microsoft.OData.Core’s own resources, whose text Dataverse hands on, or worded after them; that the request is refused is documented',
    texts: {
      '0x80048d19': [
        "A value of the abstract type 'Microsoft.Dynamics.CRM.crmbaseentity' needs an '@odata.type' annotation.",
        "A resource with type 'x' was found, but it is not assignable to the expected type 'Microsoft.Dynamics.CRM.x'.",
        "Cannot convert the literal '{}' to the expected type 'x'.",
        'A batch request cannot contain another batch request.',
        "A type named 'x' could not be resolved.",
        "An invalid HTTP method 'GET' was detected for a request in a change set. Requests in change sets only support the HTTP methods 'POST', 'PUT', 'DELETE', and 'PATCH'.",
        'An unexpected token was found in the JSON payload.',
        "The content ID 'x' was used twice.",
        'The batch request needs a boundary.',
        'The current batch exceeds the maximum of x operations.',
        "The current batch message contains too many parts. Only batch messages with a maximum number of 'x' query operations and change sets are allowed.",
      ],
      '0x80060888': [
        "A binary operator with incompatible types was detected. Found operand types 'x' and 'x' for operator kind 'x'.",
        "An unknown function with name 'x' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.",
        'Any/All may only be used following a collection.',
        'Invalid JSON. An invalid escape sequence was found in a string.',
        'Invalid JSON. An unexpected token was found when reading an array.',
        "Invalid JSON. Expected an array, found 'x'.",
        "Invalid value 'x' for $count query option found. Valid values are 'true' and 'false'.",
        "Invalid value 'x' for $top query option found. The $top query option requires a non-negative integer value.",
        "No function signature for the function with name 'x' matches the specified arguments. The function signatures considered are: x(Edm.String Nullable=true, Edm.String Nullable=true).",
        "Query option 'x' was specified more than once, but it must be specified at most once.",
        "Syntax error at position x in 'x'.",
        "Term 'x' is not valid in a $select or $expand expression.",
        'The filter expression must be of type boolean.',
        'The left side of a comparison must be a property of the entity.',
        'The recursion depth exceeded the allowed limit.',
        "There is an unterminated string literal at position x in 'x'.",
      ],
    },
  },
  {
    basis: 'that it is refused, and with which status, is documented; the wording is not',
    texts: {
      '': ["The requested resource does not support http method 'x'."],
      '0x80040200': ['Required field missing. (x.x)'],
      '0x80040203': ['x is not supported.'],
      '0x80048d19': [
        "The parameter 'x' in the request payload is not a valid parameter for the operation 'x'. Does not support untyped value in non-open type.",
        'The payload is not a JSON object.',
        "The navigation property 'x' is a collection and cannot be bound to a single entity.",
        "The reference given for 'x' is to an entity of another type.",
        "The value of 'x' is not of type 'x'.",
      ],
      '0x80060888': [
        'Bad Request - Error in query syntax.',
        "Could not find an attribute with LogicalName = 'x' on entity 'x'.",
        'Expanding many-to-many relationships together with other collections is not supported.',
        'The $select query option must not be empty or contain empty terms.',
        'The OData-Version header is required.',
        "The entity with a name = 'x' with namemapping = 'Logical' was not found in the MetadataCache.",
        "The entity name 'x' in FetchXml does not match the entity set of the request.",
        'The number of $expand options exceeds the maximum of x.',
        "The query option 'x' is not supported inside $expand.",
        'The query parameter x is not supported.',
        "The top attribute can't be specified with paging attribute page",
      ],
      '0x8006088a': ['The request payload exceeds the maximum message size.'],
      '0x80060890': ['The specified key attributes are not a defined key for the x entity'],
    },
  },
  {
    basis: 'a refusal of the emulator’s own: what Dataverse does there is not imitated',
    texts: {
      '0x80040315': ['This emulator does not implement x. Dataverse itself may.'],
    },
  },
  {
    basis: 'a frame: what stands in it is looked at where it is made',
    texts: {
      '': [''],
      '0x80048d19': ['x', 'System.ArgumentException: x'],
      '0x80060888': ['x'],
    },
  },
];
