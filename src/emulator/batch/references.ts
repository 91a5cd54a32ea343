/** Content-ID references inside a change set: `$1` at the start of a URL, or as the value of a bind in a body. */
import { ODataError } from '../errors.ts';

/** Content-ID → the URL of the row that its request made or changed. */
export type References = ReadonlyMap<string, string>;

export function resolveUrl(url: string, references: References): string {
  const match = /^\/?\$([\w.-]+)(.*)$/s.exec(url);
  const name = match?.[1];
  // `$batch` and `$metadata` are paths of their own right.
  if (name === undefined || name === 'batch' || name === 'metadata') return url;
  return `${lookUp(name, references)}${match?.[2] ?? ''}`;
}

/** Replaces `"…@odata.bind": "$1"` and `"@odata.id": "$1"` anywhere in a JSON body. */
export function resolveBody(body: string, references: References): string {
  return body.replace(/("[^"]*@odata\.(?:bind|id)"\s*:\s*")\/?\$([\w.-]+)(?=")/g, (_all, before, name) => {
    return `${before}${lookUp(String(name), references)}`;
  });
}

function lookUp(name: string, references: References): string {
  const url = references.get(name);
  if (url !== undefined && url !== '') return url;
  throw new ODataError(400, '0x80060888', `Content-ID Reference: '$${name}' does not exist in the batch context.`);
}
