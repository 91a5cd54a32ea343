/**
 * Completion in the shells themselves: on a pseudo-terminal words are begun, Tab is pressed, and what the command is given in the end is
 * looked at. A shell that is not here is passed over, bash never.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makers, useEmulator } from '../support/emulator.ts';
import { hasPty, type PtyRun, startOnPty } from '../support/pty.ts';
import { BINARY } from '../support/run-cli.ts';

const NAMES = [
  'Spring Launch',
  'O\'Hara "Big" Day',
  'Zeit: für Größe',
  'Messe $HOME `id` *?',
  'Tilde ~ (x) [y] {z} & ; | < > # ! \\ = @ back',
  '展示会 日本',
  'Wow!! Sale',
];

type Shell = 'bash' | 'zsh' | 'fish';

const directory = mkdtempSync(join(tmpdir(), 'dyncamp-completion-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const api = useEmulator();
const make = makers(api);
beforeAll(async () => {
  for (const name of NAMES) await make.campaign({ name });
});

/** A dyncamp that completes against the emulator, and says what it was given. */
function fakeBinary(): string {
  const folder = join(directory, 'bin');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(directory, 'names'), '');
  const script = `#!/bin/sh
if [ "$1" = __complete ]; then
  echo "$@" > ${directory}/asked
  # The environment says where to connect to, in place of a profile.
  [ "$4" = "my prod" ] && { shift 4; set -- __complete -- "$@"; }
  DYNCAMP_URL=${api.emulator().url} DYNCAMP_ACCESS_TOKEN=any exec ${process.execPath} "${BINARY}" "$@"
fi
[ "$1" = completion ] && exec ${process.execPath} "${BINARY}" "$@"
printf 'given'; printf '<%s>' "$@"; printf '.\\n'
`;
  writeFileSync(join(folder, 'dyncamp'), script, { mode: 0o755 });
  return folder;
}

/** Without the user's own settings, with a prompt that can be waited for. */
const STARTS: Readonly<Record<Shell, string>> = {
  bash: `bash --noprofile --norc -i`,
  zsh: `zsh -f -i`,
  fish: `fish --no-config -i`,
};
const READY = 'READY> ';
const SETUPS: Readonly<Record<Shell, readonly string[]>> = {
  bash: ['bind "set enable-bracketed-paste off"', 'set -H', 'source <(dyncamp completion bash)', "PS1='READY''> '"],
  // As the help says: a file in fpath.
  zsh: [
    `dyncamp completion zsh > ${directory}/_dyncamp`,
    `fpath=(${directory} $fpath); autoload -Uz compinit; compinit -u -d ${directory}/dump`,
    "setopt no_auto_menu no_banghist; PS1='READY''> '",
  ],
  fish: ['dyncamp completion fish | source', "function fish_prompt; echo -n 'READY''> '; end"],
};

async function openShell(shell: Shell): Promise<PtyRun> {
  const path = `${fakeBinary()}:${process.env.PATH}`;
  const run = startOnPty(`cd ${directory}; exec ${STARTS[shell]}`, {
    env: { PATH: path, HOME: directory, TERM: 'xterm', LC_ALL: 'C.UTF-8' },
    columns: 200,
  });
  for (const line of SETUPS[shell]) run.type(`${line}\r`);
  await run.waitFor(READY);
  return run;
}

/** Types, presses Tab, and gives the words that the command gets. The shell reads on when it has completed. */
async function completed(run: PtyRun, typed: string, { more = '' } = {}): Promise<string> {
  run.type(`${typed}\t${more}\r`);
  await run.waitFor('given');
  const at = run.shown().lastIndexOf('given');
  await run.waitFor('>.');
  return (
    run
      .shown()
      .slice(at + 'given'.length)
      .split('>.')[0]
      ?.concat('>') ?? ''
  );
}

const isHere = (shell: Shell): boolean => spawnSync(shell, ['--version']).status === 0;
const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish'];

describe.each(SHELLS)('completion in %s', (shell) => {
  const isRun = hasPty && isHere(shell);
  const test = isRun ? it : it.skip;
  if (!isRun) it.skip(`(${hasPty ? `no ${shell}` : 'no script of util-linux'} here)`, () => undefined);
  if (shell === 'bash') it('is run: bash is everywhere', () => expect(isHere('bash')).toBe(true));

  let run: PtyRun;
  if (isRun) {
    beforeAll(async () => {
      run = await openShell(shell);
    });
    afterAll(async () => {
      run.type('exit\r');
      await run.ended;
    });
  }

  test.each([
    ['a command', 'dyncamp camp', '<campaigns>'],
    ['a subcommand', 'dyncamp campaigns li', '<campaigns><list>'],
    ['an option', 'dyncamp campaigns list --coun', '<campaigns><list><--counts>'],
    ['a global option', 'dyncamp add x --quie', '<add><x><--quiet>'],
    ['the value of an option', 'dyncamp add x --on-ambiguous new', '<add><x><--on-ambiguous><newest>'],
    ['a file', `dyncamp add x -f nam`, '<add><x><-f><names>'],
  ])('knows %s', async (_what, typed, expected) => {
    expect(await completed(run, typed)).toBe(expected);
  });

  test.each([
    ['a blank in it', 'Spr', 0],
    ['quotes in it', 'O', 1],
    ['a colon and umlauts', 'Ze', 2],
    ['a dollar, backquotes and wildcards', 'Mes', 3],
    ['all that means something to a shell', 'Til', 4],
    ['no letter of ASCII', '展', 5],
    ['what stands for the last command', 'Wo', 6],
  ])('completes a campaign with %s', async (_what, typed, index) => {
    expect(await completed(run, `dyncamp add ${typed}`, { more: ' kim@x.example' })).toBe(
      `<add><${NAMES[index]}><kim@x.example>`,
    );
  });

  test.each([
    ['behind an opened double quote', '"Spring L', '', 0],
    ['behind an opened single quote', "'Spring L", '', 0],
    ['behind an escaped blank', 'Spring\\ L', '', 0],
    ['behind an escaped colon', 'Zeit\\:\\ f', '', 2],
    ['behind a colon', 'Zeit:', '', 2],
    ['behind a quoted colon', '"Zeit: f', '', 2],
    ['with quotes behind a double quote', '"O', '', 1],
    ['with quotes behind a single quote', "'O", '', 1],
    ['with all of it behind a double quote', '"Til', '', 4],
    ['with all of it behind a single quote', "'Til", '', 4],
    ['with "!!" behind a double quote', '"Wo', '', 6],
  ])('goes on with a campaign %s', async (_what, typed, more, index) => {
    expect(await completed(run, `dyncamp remove ${typed}`, { more })).toBe(`<remove><${NAMES[index]}>`);
  });

  test('asks for the campaigns of the profile that is named', async () => {
    expect(await completed(run, 'dyncamp --profile "my prod" add Spr')).toBe(
      '<--profile><my prod><add><Spring Launch>',
    );
    expect(spawnSync('cat', [join(directory, 'asked')], { encoding: 'utf8' }).stdout).toBe(
      '__complete -- --profile my prod add Spr\n',
    );
  });

  test('offers no campaign where a person is to be named', async () => {
    expect(await completed(run, 'dyncamp add "Spring Launch" Spr')).toBe('<add><Spring Launch><Spr>');
  });

  test('says nothing of its own', () => {
    expect(run.shown()).not.toMatch(/error|Missing|not found|syntax/i);
  });
});
