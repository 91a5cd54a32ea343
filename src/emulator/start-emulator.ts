/**
 * The emulator as a whole: a Dataverse Web API on loopback over a store of its own. Knows Dataverse; nothing of the client, with which
 * it shares neither code nor constants. Several processes may serve one data folder: what they must agree on is in the store.
 */
import type { Admin } from './admin/admin.ts';
import type { Fault } from './faults/fault.ts';
import type { Latency } from './instance.ts';
import type { ServiceProtection } from './limits/service-protection.ts';
import { openInstance } from './open-instance.ts';
import { ORGANIZATION } from './organization.ts';
import type { RequestLogEntry } from './request-log.ts';
import type { ExtraColumn } from './schema/build-schema.ts';
import type { Seed } from './seed/seed.ts';
import { startServer } from './server.ts';
import type { SignInAdmin } from './sign-in/sign-in-admin.ts';
import { siteHandler } from './site.ts';
import type { Switches } from './unsettled.ts';
import type { WireRequest } from './wire.ts';

export type EmulatorOptions = {
  /** Port on 127.0.0.1; 0, the default, takes a free one. */
  port?: number;
  /** Folder that keeps the tables between starts; absent: in memory. */
  dataDir?: string;
  /** What a new store starts with; default `default`. `none` has users and nothing else. Ignored where the folder has rows already. */
  seed?: Seed | 'default' | 'none';
  /** Generated leads and contacts besides, by number from 1; default 0. */
  people?: number;
  /** Faults in force from the start; more can be ordered later. */
  faults?: readonly Fault[];
  /** Unsettled behaviours that differ from the defaults. */
  switches?: Partial<Switches>;
  /** Service protection that really counts; absent: no limits. */
  limits?: ServiceProtection;
  /** Simulated time of work; absent: as fast as it goes. */
  latency?: Latency;
  /** `x-ms-dop-hint`; default 10. */
  dopHint?: number;
  /** Rows per page at most; default the service's 5,000. */
  pageSize?: number;
  /** Columns that the organization added, besides those of the seed. */
  extraColumns?: readonly ExtraColumn[];
  /** Only tokens of the emulator's own identity provider are accepted; default false: any bearer token is. */
  signIn?: boolean;
  /** Seconds for which those tokens are good; default 3599. */
  tokenLifetimeSeconds?: number;
  /** The clock; default the system's. */
  now?: () => Date;
  /** Called for every request when it is done, with what was sent: headers and body hold what the log does not keep. */
  onRequest?: (entry: RequestLogEntry, request: WireRequest) => void;
};

export type Emulator = {
  /** `http://127.0.0.1:PORT`, without a slash. */
  url: string;
  organizationId: string;
  close(): Promise<void>;
  requests(): readonly RequestLogEntry[];
  admin: Admin;
  /** Of the identity provider that `signIn` turns on. */
  signIn: SignInAdmin;
};

export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const opened = openInstance(options);
  const site = siteHandler(opened.instance, options);
  const server = await startServer(options.port ?? 0, site.handle);
  site.connect(server.killConnections);
  return {
    url: `http://127.0.0.1:${server.port}`,
    organizationId: ORGANIZATION.id,
    async close() {
      await server.close();
      await opened.close();
    },
    requests: () => opened.instance.log.entries(),
    admin: site.admin,
    signIn: site.signIn,
  };
}
