/** Holds every request that dyncamp sends to an emulator against the schema. */
import type { EmulatorOptions } from '../../../src/emulator/start-emulator.ts';
import { checkRequest } from './check-request.ts';
import { readSchemaNames } from './schema-names.ts';

export type Sent = { method: string; operation: string; path: string };

export type RequestWatch = {
  onRequest: NonNullable<EmulatorOptions['onRequest']>;
  /** What was wrong with requests, each problem once. */
  problems(): readonly string[];
  sent(): readonly Sent[];
};

export function watchRequests({ seed, extraColumns = [], onRequest }: EmulatorOptions): RequestWatch {
  const seeded = typeof seed === 'object' ? (seed.extraColumns ?? []) : [];
  const names = readSchemaNames([...seeded, ...extraColumns]);
  const problems = new Set<string>();
  const sent: Sent[] = [];
  return {
    onRequest(entry, request) {
      onRequest?.(entry, request);
      if (!/^dyncamp/.test(request.headers['user-agent'] ?? '')) return;
      for (const problem of checkRequest(names, request)) problems.add(problem);
      sent.push(...(entry.parts ?? [entry]).map(({ method, operation, path }) => ({ method, operation, path })));
    },
    problems: () => [...problems],
    sent: () => sent,
  };
}
