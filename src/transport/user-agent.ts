import { arch, platform } from 'node:os';
import type { Policy, Send } from './http.ts';

/** E.g. `dyncamp/1.2.0 (linux x64; node 20.20.2)`. */
export function userAgent(version: string): string {
  return `dyncamp/${version} (${platform()} ${arch()}; node ${process.versions.node})`;
}

/** The user agent, and an id per attempt by which Microsoft's support finds the request ("Compose HTTP requests"). */
export function identify(options: { readonly userAgent: string; readonly uuid: () => string }): Policy {
  return (next: Send) => (request) => {
    const headers = { ...request.headers, 'user-agent': options.userAgent, 'x-ms-client-request-id': options.uuid() };
    return next({ ...request, headers });
  };
}
