/**
 * Errors in Dataverse's own form. Thrown anywhere in the emulator, turned into an answer in one place (server.ts) or one batch part.
 * Codes and texts come from Microsoft's published table; each factory beside this class names its code.
 */
export class ODataError extends Error {
  readonly status: number;
  /** As the wire has it: `0x80040217`, `0x0` or empty. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'ODataError';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  toBody(): { error: { code: string; message: string } } {
    return { error: { code: this.code, message: this.message } };
  }
}
