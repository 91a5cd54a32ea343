/** The query string as OData has it: system options, parameter aliases, and the few custom options that Dataverse knows. */
import { querySyntax } from '../errors/path-errors.ts';
import { badQuery, optionNotSupported } from './query-errors.ts';

export type QueryOptions = {
  options: ReadonlyMap<string, string>;
  /** `@p1` → its text. */
  aliases: ReadonlyMap<string, string>;
  /** The options as they were sent, for the next link. */
  raw: ReadonlyMap<string, string>;
};

const SUPPORTED = ['$select', '$filter', '$orderby', '$top', '$count', '$expand', '$apply', '$skiptoken'];
const REFUSED = ['$skip', '$search', '$format', '$levels'];

export function readQueryOptions(rawQuery: string): QueryOptions {
  const options = new Map<string, string>();
  const aliases = new Map<string, string>();
  const raw = new Map<string, string>();
  for (const pair of rawQuery.split('&')) {
    if (pair === '') continue;
    const [rawName = '', rawValue = ''] = splitOnce(pair, '=');
    const name = decode(rawName).trim();
    if (name.startsWith('$')) refuseUnknown(name, options);
    (name.startsWith('@') ? aliases : options).set(name, decode(rawValue));
    raw.set(name, rawValue);
  }
  return { options, aliases, raw };
}

function refuseUnknown(name: string, seen: ReadonlyMap<string, string>): void {
  if (REFUSED.includes(name)) throw optionNotSupported(name);
  if (!SUPPORTED.includes(name)) throw badQuery(`The query parameter '${name}' is not supported.`);
  if (seen.has(name))
    throw badQuery(`Query option '${name}' was specified more than once, but it must be specified at most once.`);
}

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + separator.length)];
}

/** `+` is a blank, as Microsoft's OData library reads it: a plus sign in an e-mail address must be sent as `%2B`. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw querySyntax();
  }
}
