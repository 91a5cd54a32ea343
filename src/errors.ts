/**
 * The errors that dyncamp raises on purpose. Their category alone decides the exit code (terminal/exit-codes.ts); anything else
 * that is thrown is a fault of dyncamp's own. One person's failure is an outcome, never one of these.
 */

export type Category = 'usage' | 'campaign' | 'authentication' | 'privilege' | 'input' | 'temporary' | 'dataverse';

export type ErrorDetails = {
  /** The next command or the next click, said after the message. */
  hint?: string | undefined;
  cause?: unknown;
  /** HTTP status, Dataverse's code (lower-case hex) and request id, when a server said no. */
  status?: number | undefined;
  dataverseCode?: string | undefined;
  requestId?: string | undefined;
};

export abstract class DyncampError extends Error {
  /** Stable, upper-case with underscores, e.g. `LIST_LOCKED`; documented in docs/errors. */
  readonly code: string;
  abstract readonly category: Category;
  readonly hint: string | undefined;
  readonly status: number | undefined;
  readonly dataverseCode: string | undefined;
  readonly requestId: string | undefined;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint;
    this.status = details.status;
    this.dataverseCode = details.dataverseCode;
    this.requestId = details.requestId;
  }

  /** Whether the same command may succeed when run again without a change. */
  get retryable(): boolean {
    return this.category === 'temporary';
  }
}

/** Flags, arguments, a guard that stops before any write, a prompt that is needed but not possible, a journal that cannot be opened. */
export class UsageError extends DyncampError {
  override readonly category = 'usage';
}

/** Settings or environment that are missing, contradict each other or cannot be read. Exit code as usage. */
export class SettingsError extends DyncampError {
  override readonly category = 'usage';
}

/** The campaign or one of its own lists is not usable. Nothing was written because of it. */
export class CampaignError extends DyncampError {
  override readonly category = 'campaign';
}

/** Sign-in failed, after one renewal of the token. */
export class AuthenticationError extends DyncampError {
  override readonly category = 'authentication';
}

/** Signed in, but a privilege is missing or the view is partial. */
export class PrivilegeError extends DyncampError {
  override readonly category = 'privilege';
}

/** Input that cannot be read on. What came before it was done. */
export class InputError extends DyncampError {
  override readonly category = 'input';
}

/** Given up on something that may work later: running the same command again is safe. */
export class TemporaryError extends DyncampError {
  override readonly category = 'temporary';
}

export type RefusalDetails = ErrorDetails & {
  /** Default `dataverse`: refused, and repeating will not help. */
  category?: Category;
  /** What was refused, e.g. `GET campaigns`. */
  operation?: string | undefined;
};

/** Dataverse refused a request. What it means, and so its category, is in dataverse/refusals.ts. */
export class DataverseError extends DyncampError {
  override readonly category: Category;
  readonly operation: string | undefined;

  constructor(code: string, message: string, details: RefusalDetails = {}) {
    super(code, message, details);
    this.category = details.category ?? 'dataverse';
    this.operation = details.operation;
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `E…` of the system's errors, `SQLITE_…` of libsql's; undefined for what has no such code. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' && error.code !== '' ? error.code : undefined;
}
