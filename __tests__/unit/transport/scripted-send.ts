import type { HttpRequest, HttpResponse, Send } from '../../../src/transport/http.ts';

export type Step = HttpResponse | Error;

export function response(status: number, extra: Partial<HttpResponse> = {}): HttpResponse {
  return { status, headers: {}, body: '', ...extra };
}

export function get(extra: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'GET',
    url: 'https://contoso.crm4.dynamics.com/api/data/v9.2/leads',
    headers: {},
    repeatable: true,
    operation: 'GET leads',
    ...extra,
  };
}

export function post(extra: Partial<HttpRequest> = {}): HttpRequest {
  return get({ method: 'POST', repeatable: false, operation: 'AddListMembersList', body: '{}', ...extra });
}

/** Answers in the order of the script and fails when asked more often; `requests` are those that came, `left` what was not asked for. */
export function scriptedSend(...script: readonly Step[]): Send & { readonly requests: HttpRequest[]; left(): number } {
  const requests: HttpRequest[] = [];
  const send: Send = async (request) => {
    const step = script[requests.length];
    requests.push(request);
    if (step === undefined) throw new Error(`unexpected request ${requests.length}: ${request.method} ${request.url}`);
    if (step instanceof Error) throw step;
    return step;
  };
  return Object.assign(send, { requests, left: () => script.length - requests.length });
}
