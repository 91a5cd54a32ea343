/**
 * The three standard streams as values that a test can replace: whether each is a terminal, its width and colour, and writing with
 * back-pressure. Knows nothing of the content.
 */
import type { Readable, Writable } from 'node:stream';
import { codeOf, TemporaryError } from '../errors.ts';

/** The reader of a stream went away (EPIPE). A reading command then ends with 0: nobody misses the rest. */
export class ReaderGoneError extends Error {
  constructor(cause: unknown) {
    super('The reader of stdout went away.', { cause });
    this.name = 'ReaderGoneError';
  }
}

/** Ctrl-C at a question: the command ends with 130 and does nothing more. */
export class StoppedAtQuestionError extends Error {
  constructor() {
    super('Interrupted at a question.');
    this.name = 'StoppedAtQuestionError';
  }
}

export type Output = {
  readonly isTTY: boolean;
  /** Width in columns; Infinity when it is not a terminal and COLUMNS is not set. */
  readonly columns: number;
  readonly colour: boolean;
  /** Resolves when the stream took the text; waits for a full pipe. */
  write(text: string): Promise<void>;
  /** For packages that draw or ask. */
  readonly stream: Writable;
};

export type Stdin = {
  readonly isTTY: boolean;
  /** A file, redirected by the shell: `< people.csv`. */
  readonly isFile: boolean;
  /** A folder, `< .`: Node's own stream of it is empty and says nothing. */
  readonly isDirectory: boolean;
  stream(): Readable;
};

export type TerminalOptions = {
  /** Profile to connect with; `emulator` is built in. Default: DYNCAMP_PROFILE, the environment, the profile in use. */
  readonly profile?: string | undefined;
  /** False with --no-color. */
  readonly color: boolean;
  /** False with --no-input: nothing is asked. */
  readonly input: boolean;
  /** Hides progress and notices, never warnings and errors. */
  readonly quiet: boolean;
  /** More detail: ids, addresses, every check. `debug` includes it. */
  readonly verbose: boolean;
  /** Writes each request, and the stack of each error, to stderr. */
  readonly debug: boolean;
  /** How messages are written to stderr. Default `text`. */
  readonly logFormat: 'text' | 'json';
};

export type Terminal = Pick<TerminalOptions, 'quiet' | 'verbose' | 'debug' | 'logFormat'> & {
  /** `write` rejects with ReaderGoneError when the reader went away, with TemporaryError STDOUT_FAILED when writing failed. */
  readonly stdout: Output;
  /** `write` never rejects: there is nowhere left to report to. Known secrets and tokens are redacted. */
  readonly stderr: Output;
  readonly stdin: Stdin;
  /** A question can be answered: stdin and stderr are terminals, no --no-input, no CI. */
  readonly canAsk: boolean;
  /** Somebody is watching: stderr is a terminal and CI is not set. */
  readonly isAttended: boolean;
  /** The profile that hints name: that of --profile, or the environment's where nobody is watching, for they are read elsewhere. */
  readonly hintProfile: string | undefined;
  /** For the messages of --log-format json: when, and of which run once it has begun. */
  logFields(): { readonly time: string; readonly run?: string };
  /** Messages from now on belong to this run. */
  noteRun(id: string): void;
  /** Messages from now on name this campaign as its user did; `words` are quoted for a shell. */
  noteCampaign(campaign: NamedCampaign): void;
  readonly campaign: NamedCampaign | undefined;
  /** Registers a secret that must never appear on stderr. */
  protect(secret: string): void;
  /** Removes known secrets and what looks like one; for files. */
  redact(text: string): string;
};

export type NamedCampaign = { readonly id: string; readonly words: string };

export type Streams = {
  readonly stdin: Stdin;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
};

const DEFAULT_COLUMNS = 80;

/** The environment, and the time in epoch ms. */
export type Surroundings = { readonly env: Readonly<Record<string, string | undefined>>; readonly now: () => number };

export function openTerminal(streams: Streams, options: TerminalOptions & Surroundings): Terminal {
  const { env } = options;
  const secrets = new Set<string>();
  let run: string | undefined;
  let campaign: NamedCampaign | undefined;
  const isCi = isSet(env.CI);
  const stderr = output(streams.stderr, options);
  const isAttended = stderr.isTTY && !isCi;
  return {
    stdout: output(streams.stdout, options),
    stderr: {
      ...stderr,
      write: (text) => stderr.write(redact(text, secrets)).catch(() => undefined),
    },
    stdin: streams.stdin,
    canAsk: stderr.isTTY && options.input && !isCi && streams.stdin.isTTY,
    isAttended,
    hintProfile: options.profile ?? (isAttended ? undefined : env.DYNCAMP_PROFILE?.trim()),
    quiet: options.quiet,
    verbose: options.verbose || options.debug,
    debug: options.debug,
    logFormat: options.logFormat,
    logFields: () => ({ time: new Date(options.now()).toISOString(), ...(run !== undefined && { run }) }),
    noteRun(id) {
      run = id;
    },
    noteCampaign(named) {
      campaign = named;
    },
    get campaign() {
      return campaign;
    },
    protect(secret) {
      secrets.add(secret);
      // As it would stand inside JSON.
      secrets.add(JSON.stringify(secret).slice(1, -1));
    },
    redact: (text) => redact(text, secrets),
  };
}

/** Set and not a way to write "no": `CI=false` is what people write to switch it off. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no'].includes(value.toLowerCase());
}

function output(stream: Streams['stdout'], options: Pick<TerminalOptions, 'color'> & Surroundings): Output {
  const isTTY = stream.isTTY === true;
  // Without a listener, a reader that goes away would end the process with a stack trace. write() reports it to its caller.
  stream.on('error', () => undefined);
  return {
    isTTY,
    columns: columnsOf(stream, options.env.COLUMNS),
    colour: options.color && (colourAsked(options.env) ?? (isTTY && options.env.TERM !== 'dumb')),
    write: (text) => write(stream, text),
    stream,
  };
}

/**
 * What the environment says about colour, if anything: NO_COLOR (https://no-color.org) over FORCE_COLOR (https://force-color.org, where 0
 * and false are no, as Node has it) over CLICOLOR_FORCE and CLICOLOR (https://bixense.com/clicolors).
 */
function colourAsked(env: Surroundings['env']): boolean | undefined {
  if ((env.NO_COLOR ?? '') !== '') return false;
  if ((env.FORCE_COLOR ?? '') !== '') return isSet(env.FORCE_COLOR);
  if (isSet(env.CLICOLOR_FORCE)) return true;
  return env.CLICOLOR === '0' ? false : undefined;
}

function columnsOf(stream: Streams['stdout'], fromEnvironment: string | undefined): number {
  if (stream.isTTY === true) return stream.columns || DEFAULT_COLUMNS;
  const columns = Number(fromEnvironment);
  return Number.isInteger(columns) && columns > 0 ? columns : Number.POSITIVE_INFINITY;
}

function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error) reject(isReaderGone(error) ? new ReaderGoneError(error) : outputFailure(error));
      else resolve();
    });
  });
}

/** A full disk behind `>` is not a bug of ours. */
function outputFailure(cause: Error): TemporaryError {
  return new TemporaryError('STDOUT_FAILED', `Could not write to stdout: ${cause.message}`, {
    cause,
    hint: 'The output is not complete. Free some space, and run the same command again.',
  });
}

/** After the first EPIPE the stream is destroyed, and further writes fail with that. */
const READER_GONE = new Set(['EPIPE', 'ERR_STREAM_DESTROYED', 'ECONNRESET', 'EOF']);

const isReaderGone = (error: unknown): boolean => READER_GONE.has(codeOf(error) ?? '');

const HIDDEN = '***';

/** Patterns that are always secrets. */
const PATTERNS: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  // A JSON Web Token: three base64url parts, the first of which starts an object.
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g, HIDDEN],
  [
    /\b((?:client_secret|client_assertion|assertion|access_token|refresh_token|id_token|device_code|password|passphrase)["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi,
    `$1${HIDDEN}`,
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN],
  // Credentials inside a URL.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@:]+:[^\s/@]+@/gi, `$1${HIDDEN}@`],
];

/** Redacting a shorter secret would hide ordinary words. */
const SHORTEST_SECRET = 6;

/** The last line of defence for secrets on stderr: it makes an oversight above harmless. */
export function redact(text: string, secrets: Iterable<string> = []): string {
  let result = text;
  for (const secret of secrets) {
    if (secret.length >= SHORTEST_SECRET) result = result.replaceAll(secret, HIDDEN);
  }
  return PATTERNS.reduce((current, [pattern, replacement]) => current.replace(pattern, replacement), result);
}
