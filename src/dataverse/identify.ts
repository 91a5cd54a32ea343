/** Whether the server at an organization's URL is Dataverse at all: anything on the way may answer in its place. */
import { type DataverseError, SettingsError } from '../errors.ts';
import type { HttpResponse } from '../transport/http.ts';
import { isMultipart } from '../transport/trouble.ts';
import { isPage } from './errors.ts';
import type { OperationResult } from './operation.ts';

type Server = {
  readonly origin: string;
  /** Whether it is known to be Dataverse, and how many web pages came before it was. */
  readonly seen: { isDataverse: boolean; pages: number };
};

type Answered = {
  readonly response: HttpResponse;
  readonly results: readonly OperationResult[];
  readonly isBatch: boolean;
};

/** Successive web pages before the URL is called wrong: a few may come from a proxy in trouble, and a cron job should survive that. */
const MAX_WEB_PAGES = 4;

/**
 * Checks answers until the first that identifies Dataverse; later ones that make no sense were damaged on their way.
 * @throws SettingsError NOT_DATAVERSE.
 */
export function stopIfWebSite({ origin, seen }: Server, { response, results, isBatch }: Answered): void {
  if (seen.isDataverse || response.status >= 500 || UNIDENTIFIED_STATUSES.has(response.status)) return;
  const isUnintelligible = results.every(({ kind }) => kind === 'unknown') && !speaksOData(response);
  seen.isDataverse = !isUnintelligible && !isWebSite(response, isBatch);
  if (seen.isDataverse) return;
  seen.pages += 1;
  if (response.status >= 300 || seen.pages >= MAX_WEB_PAGES) throw notDataverse(origin, response);
}

/** @throws SettingsError when every read is answered by a web page: the Web API itself explains its 404s in JSON. */
export function stopIfNotDataverse(
  { origin }: Server,
  results: readonly OperationResult[],
): readonly OperationResult[] {
  const refusals = results.flatMap((result) => (result.kind === 'refused' ? [result.error] : []));
  const [first] = refusals;
  if (
    first !== undefined &&
    refusals.length === results.length &&
    refusals.every(({ code }) => code === 'NOT_DATAVERSE')
  )
    throw notDataverse(origin, first);
  return results;
}

/** Statuses that something in front of Dataverse may send too: sign-in, throttling and gateways have pages of their own. */
const UNIDENTIFIED_STATUSES = new Set([401, 407, 408, 429]);

/** Dataverse always answers with JSON, and batches with multipart. */
function isWebSite(reply: HttpResponse, isBatch: boolean): boolean {
  const type = reply.headers['content-type'] ?? '';
  if (isPage(reply) || /^\s*text\/html/i.test(type)) return true;
  return isBatch && reply.status < 300 && reply.body.trim() !== '' && !isMultipart(reply);
}

/** True for an answer that is recognizably OData's, and for an empty one: something on the way may have emptied it. */
function speaksOData({ headers, body }: HttpResponse): boolean {
  return (
    isMultipart({ headers }) ||
    body.trim() === '' ||
    headers['odata-version'] !== undefined ||
    /"@odata\.|"error"/.test(body)
  );
}

function notDataverse(origin: string, cause: Pick<DataverseError, 'status'>): SettingsError {
  return new SettingsError(
    'NOT_DATAVERSE',
    `${origin} is not a Dynamics organization: it answered with HTTP ${cause.status} and no Dynamics data.`,
    {
      cause,
      status: cause.status,
      hint: 'Check the organization URL (Power Platform admin center > Environments > Environment URL), and whether a proxy answers instead.',
    },
  );
}
