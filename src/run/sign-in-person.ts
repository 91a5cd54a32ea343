/** The sign-in of a person, for `login` and `profiles add`. Shows on stderr what the person has to do. */
import { spawn } from 'node:child_process';
import { loginByBrowser, loginByDeviceCode } from '../auth/person-sign-in.ts';
import { SettingsError } from '../errors.ts';
import type { ConnectionSettings, SignInSettings } from '../settings/connection-settings.ts';
import { safeText } from '../terminal/safe-text.ts';
import { personSignIn, type SignInContext, signInTarget } from './sign-in.ts';

type PersonSettings = Extract<SignInSettings, { kind: 'browser' | 'deviceCode' }>;

/**
 * Asks the person to sign in, keeps the sign-in, and gives the user's name. With `device` by a code for another device, also when the settings
 * say browser. Throws AuthenticationError when it is refused.
 */
export async function signInPerson(
  context: SignInContext,
  settings: ConnectionSettings,
  { device = false }: { readonly device?: boolean | undefined } = {},
): Promise<string> {
  const signIn = personSettings(settings);
  const target = await signInTarget(context, settings.origin ?? '');
  const person = personSignIn(context, settings, signIn);
  const byDevice = device || signIn.kind === 'deviceCode';
  return byDevice
    ? loginByDeviceCode(person, target, (prompt) => void showCode(context, prompt))
    : loginByBrowser(person, target, (url) => showBrowser(context, url));
}

/** Throws SettingsError NO_PERSON_SIGN_IN when the settings are not for a person. */
export function personSettings({ signIn, source }: ConnectionSettings): PersonSettings {
  if (signIn.kind === 'browser' || signIn.kind === 'deviceCode') return signIn;
  const whose = source.kind === 'profile' ? `Profile "${source.name}" signs` : 'The environment signs';
  throw new SettingsError(
    'NO_PERSON_SIGN_IN',
    `${whose} in by ${signIn.kind}, not as a person: there is nothing to sign in to or out of.`,
    {
      hint: 'To sign in as yourself: `dyncamp profiles add --sign-in browser` (or device-code).',
    },
  );
}

/** Shown even with --quiet: without the code nobody can sign in. */
function showCode({ terminal }: SignInContext, { url, code }: { url: string; code: string }): Promise<void> {
  return terminal.stderr.write(
    `To sign in, open ${safeText(url)} on any device and enter the code ${safeText(code)}\n`,
  );
}

async function showBrowser({ terminal }: SignInContext, url: string): Promise<void> {
  await terminal.stderr.write(`Sign in in your browser. If it does not open, go to:\n${safeText(url)}\n`);
  openBrowser(url);
}

const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  // Not `start`: it is a shell command, and the shell would cut the address at its first &.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** May fail: the address is on the screen already. */
function openBrowser(url: string): void {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
