/** Every `dyncamp …` command line of the README, docs/ and examples/ is read by the real command tree; nothing is run. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { readGlobalOptions } from '../../../src/cli/global-options.ts';
import { addCommands, createProgram } from '../../../src/cli/program.ts';
import { isShownHelp } from '../../../src/cli/usage-error.ts';
import { openContext } from '../../../src/run/context.ts';
import { dyncampCommands } from '../../support/shell-commands.ts';

const root = join(__dirname, '../../..');
const filesOf = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Code blocks, and code in the text; what is in capitals stands for a command. */
function markdownCommands(text: string): readonly (readonly string[])[] {
  const blocks = [...text.matchAll(/^```(?:console|sh|bash)\n(.*?)^```/gms)].flatMap(([, block = '']) =>
    // What a command prints is in the block too: only the lines of the prompt, and those that go on from one, are commands.
    dyncampCommands(promptLines(block)),
  );
  const powerShell = [...text.matchAll(/^```powershell\n(.*?)^```/gms)].flatMap(([, b = '']) => powerShellCommands(b));
  const inline = [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/`(dyncamp [^`]*)`/g)].flatMap(([, code = '']) =>
    dyncampCommands(code.replaceAll('\n', ' ')),
  );
  return [...blocks, ...powerShell, ...inline].filter(([first = '']) => !/^[A-Z…]/.test(first));
}

function promptLines(block: string): string {
  const lines = block.replaceAll(/\\\n/g, ' ').split('\n');
  return lines.map((line) => /^(?:\$|PS>) (.*)$/.exec(line)?.[1] ?? '').join('\n');
}

/** As a shell has them, but for what they go on with, and for what hands on a script's arguments. Of a scheduled task the argument. */
function powerShellCommands(text: string): readonly (readonly string[])[] {
  const tasks = [...text.matchAll(/-Argument '(--[^']*)'/g)].map(([, words = '']) => `dyncamp ${words}`);
  return [text.replaceAll(/`\n\s*/g, ' ').replaceAll('@args', '1'), ...tasks].flatMap(dyncampCommands);
}

/** A list `command`/`args` of a container, as YAML has it, one item per line. */
function containerCommands(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/command: \[dyncamp\]\n\s*args:\n((?:\s*- .*\n)+)/g)].map(([, args = '']) =>
    args
      .trim()
      .split('\n')
      .map((line) => line.replace(/^\s*- /, '')),
  );
}

function commandsOf(file: string): readonly (readonly string[])[] {
  const text = read(file);
  if (file.endsWith('.md')) return markdownCommands(text);
  if (file.endsWith('.ps1')) return powerShellCommands(text);
  return /\.ya?ml$/.test(file)
    ? [...containerCommands(text), ...dyncampCommands(text.replaceAll(/run: /g, ''))]
    : dyncampCommands(text);
}

const files = [
  'README.md',
  ...filesOf('docs').filter((name) => name.endsWith('.md')),
  ...filesOf('examples').filter((name) => /\.(sh|ps1|ya?ml)$/.test(name)),
];
// The tour hands its functions' arguments on; it is run by another test.
const isWhole = ([first]: readonly string[]): boolean => first !== '1';
const documented = files.flatMap((file) =>
  commandsOf(file)
    .filter(isWhole)
    .map((words) => ({ file, words })),
);

async function openProgram(words: readonly string[], ran: (words: string) => void): Promise<Command> {
  const program = createProgram({ write: () => undefined });
  await addCommands(program, openContext(process, () => readGlobalOptions(program)).context, words);
  const disarm = (command: Command, path: string): void => {
    if (command.commands.length === 0) command.action(() => ran(path));
    for (const sub of command.commands) disarm(sub, `${path} ${sub.name()}`);
  };
  for (const command of program.commands) disarm(command, command.name());
  return program;
}

/** What would run: the command's name, `help`, or the error. */
async function outcomeOf(words: readonly string[]): Promise<string> {
  let outcome = 'nothing';
  const program = await openProgram(words, (path) => {
    outcome = path;
  });
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    return isShownHelp(error) ? 'help' : `refused: ${error instanceof Error ? error.message : ''}`;
  }
  return outcome;
}

describe('documented commands', () => {
  it('are found in every kind of file', () => {
    const kinds = new Set(documented.map(({ file }) => file.replace(/.*\./, '')));
    expect([...kinds].sort()).toEqual(['md', 'ps1', 'sh', 'yaml', 'yml']);
    expect(documented.length).toBeGreaterThan(90);
  });

  it.each(documented.map(({ file, words }) => [file, words.join(' '), words] as const))(
    '%s: dyncamp %s',
    async (_file, _text, words) => {
      expect(await outcomeOf(words)).not.toMatch(/^refused|^nothing/);
    },
  );

  it.each([
    ['an unknown option', ['add', 'x', '--no-such-option']],
    ['an unknown command', ['no-such-command']],
    ['a value that is none', ['add', 'x', '--shard', '9/8']],
  ])('would be refused: %s', async (_name, words) => {
    expect(await outcomeOf(words)).toMatch(/^refused|^nothing/);
  });
});

describe('dyncampCommands', () => {
  it.each([
    ['dyncamp add "Spring Launch" a@b.example', [['add', 'Spring Launch', 'a@b.example']]],
    [
      'x | dyncamp add A - | dyncamp add B - >out 2>&1',
      [
        ['add', 'A', '-'],
        ['add', 'B', '-'],
      ],
    ],
    ["A=1 dyncamp runs list -o json | jq '.[] | .id' # dyncamp", [['runs', 'list', '-o', 'json']]],
    [
      'dyncamp runs undo "$(dyncamp runs list -n 1 | jq -r .id)" --yes',
      [
        ['runs', 'undo', '1', '--yes'],
        ['runs', 'list', '-n', '1'],
      ],
    ],
    ['dyncamp add "$1" \\\n  --shard "$1/$shards" || code=$?', [['add', '1', '--shard', '1/1']]],
    ['dyncamp() { node bin/dyncamp.js "$@"; }', []],
    ['echo dyncamp add', []],
  ])('%s', (text, expected) => {
    expect(dyncampCommands(text)).toEqual(expected);
  });
});
