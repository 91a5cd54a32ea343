/** Anything thrown → an answer in Dataverse's form. What the emulator did not foresee is a 500, and its stack goes to the log. */
import { unexpected } from './errors/service-errors.ts';
import { ODataError } from './errors.ts';
import { readPreferences } from './preferences.ts';
import { errorToWire, type WireAnswer, type WireRequest } from './wire.ts';

export type AnsweredError = { answer: WireAnswer; stack?: string };

export function answerError(error: unknown, request: WireRequest): AnsweredError {
  const annotated = readPreferences(request.headers.prefer).annotations?.includes('*') ?? false;
  if (error instanceof ODataError) return { answer: errorToWire(error, { annotated }) };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { answer: errorToWire(unexpected(), { annotated }), stack };
}
