import type { Policy, Send } from './http.ts';

export type TrafficCount = { readonly requests: number; readonly bytesSent: number; readonly bytesReceived: number };

/** Counts every attempt. Bytes are those of URLs and bodies before compression, without headers. */
export function countTraffic(): { policy: Policy; count(): TrafficCount } {
  let requests = 0;
  let bytesSent = 0;
  let bytesReceived = 0;
  const policy: Policy = (next: Send) => async (request, signal) => {
    requests += 1;
    bytesSent += request.url.length + Buffer.byteLength(request.body ?? '');
    const response = await next(request, signal);
    bytesReceived += Buffer.byteLength(response.body);
    return response;
  };
  return { policy, count: () => ({ requests, bytesSent, bytesReceived }) };
}
