/** The wiring behind a command's `openDataverse()`: settings, sign-in, transport, Dataverse. Loaded only by a command that connects. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openDataverse } from '../dataverse/open-dataverse.ts';
import type { Dataverse } from '../dataverse/operation.ts';
import { requireSqlite } from '../journal/require-sqlite.ts';
import type { ConnectionSettings } from '../settings/connection-settings.ts';
import { makeEmulatorDirectory } from '../settings/directories.ts';
import { confirmOrganization } from '../settings/settings.ts';
import { notice } from '../terminal/report-error.ts';
import { openTransport } from '../transport/open-transport.ts';
import { userAgent } from '../transport/user-agent.ts';
import type { WaitingOptions } from '../transport/waiting.ts';
import { VERSION } from '../version.ts';
import { logExchange, openTokens, type SignInContext } from './sign-in.ts';

/** The parts of the context that it uses. */
type ConnectContext = SignInContext & {
  readonly options: { readonly concurrency?: number | undefined };
  settings(): Promise<ConnectionSettings>;
};

export type ConnectOptions = WaitingOptions & {
  /** Settings other than those of the command line, e.g. of a profile that is being added. */
  readonly settings?: ConnectionSettings | undefined;
  /** Processes that share this identity (`--shard i/n`). Default 1. */
  readonly shards?: number | undefined;
};

export type Connection = {
  readonly origin: string;
  /** Undefined when URL and sign-in come from the environment. */
  readonly profileName: string | undefined;
  readonly flowUsers: readonly string[];
  readonly set: Readonly<Record<string, string>>;
  readonly pinnedOrganizationId: string | undefined;
  /** True for the built-in emulator. */
  readonly emulator: boolean;
  /** Throws SettingsError ORGANIZATION_CHANGED when the profile was added for another organization. Ask before any write. */
  confirmOrganization(organizationId: string): void;
};

export type Connected = { readonly dataverse: Dataverse; readonly connection: Connection };

/** More than the service recommends to any client (x-ms-dop-hint of about 50), so that the gate sets the limit and not the socket pool. */
const CONNECTIONS = 64;

export async function connect(context: ConnectContext, options: ConnectOptions): Promise<Connected> {
  const settings = options.settings ?? (await context.settings());
  const emulatorOrigin = settings.origin === undefined ? await startBuiltInEmulator(context) : undefined;
  const origin = settings.origin ?? emulatorOrigin ?? '';
  const { openSend } = await import('../transport/undici-send.ts');
  const network = openSend({ connections: context.options.concurrency ?? CONNECTIONS, environment: context.env });
  context.onClose(() => network.close());
  const transport = openTransport({
    origin,
    send: network.send,
    tokens: await openTokens(context, settings, { origin, stop: options.stop }),
    clock: context.clock,
    random: context.random,
    uuid: randomUUID,
    userAgent: userAgent(VERSION),
    maxWaitMs: context.options.maxWaitMs,
    concurrency: context.options.concurrency,
    shards: options.shards,
    onWait: options.onWait,
    stop: options.stop,
    log: context.terminal.debug ? (record) => void logExchange(context.terminal, record) : undefined,
  });
  return {
    dataverse: openDataverse({ origin, transport, uuid: randomUUID }),
    connection: connectionOf(settings, origin),
  };
}

function connectionOf(settings: ConnectionSettings, origin: string): Connection {
  const { source, flowUsers, set } = settings;
  return {
    origin,
    profileName: source.kind === 'profile' ? source.name : undefined,
    flowUsers,
    set,
    pinnedOrganizationId: settings.organizationId,
    emulator: settings.origin === undefined,
    confirmOrganization: (organizationId) => confirmOrganization(settings, organizationId),
  };
}

/** For the built-in profile: starts the emulator in this process, on the data of earlier commands. */
async function startBuiltInEmulator(context: ConnectContext): Promise<string> {
  requireSqlite();
  const { startEmulator } = await import('../emulator/start-emulator.ts');
  const dataDir = join(context.stateDirectory, 'emulator');
  makeEmulatorDirectory(dataDir, 'DYNCAMP_STATE_DIR');
  const emulator = await startEmulator({ port: 0, dataDir });
  context.onClose(() => emulator.close());
  await notice(
    context.terminal,
    'EMULATOR',
    `This is the built-in emulator (${emulator.url}): no real organization is touched.`,
  );
  return new URL(emulator.url).origin;
}
