/** Reads secrets from their sources, anew at each use. */
import { readFileSync } from 'node:fs';
import { SettingsError } from '../errors.ts';
import { type Environment, variable } from './connection-settings.ts';
import type { SecretSource } from './profile.ts';

/** `what` names the secret in messages, e.g. `the client secret`. Throws SettingsError SECRET_MISSING or SECRET_UNREADABLE. */
export function readSecret(source: SecretSource, env: Environment, what: string): string {
  if (source.from === 'stored') return source.secret;
  if (source.from === 'file') return readSecretFile(source.path, what);
  const secret = variable(env, source.name);
  if (secret !== undefined) return secret;
  throw new SettingsError(
    'SECRET_MISSING',
    `Could not sign in: ${what} should be in ${source.name}, which is not set.`,
    { hint: `Set ${source.name}.` },
  );
}

/** Without the line end that editors and `echo` add. */
export function readSecretFile(path: string, what: string): string {
  const secret = readText(path, what).trim();
  if (secret !== '') return secret;
  throw new SettingsError('SECRET_MISSING', `Could not sign in: ${path}, which should hold ${what}, is empty.`);
}

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'it cannot be read';
    throw new SettingsError('SECRET_UNREADABLE', `Could not read ${what} from ${path}: ${why}.`, {
      cause,
      hint: 'Check the path and that this user may read the file.',
    });
  }
}

/** Names the source, never the secret. */
export function describeSecret(source: SecretSource): string {
  if (source.from === 'env') return `environment variable ${source.name}`;
  return source.from === 'file' ? `file ${source.path}` : 'stored in the settings file';
}
