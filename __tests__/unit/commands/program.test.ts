import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { readGlobalOptions } from '../../../src/cli/global-options.ts';
import { addCommands, createProgram } from '../../../src/cli/program.ts';
import { isShownHelp, usageError } from '../../../src/cli/usage-error.ts';
import { TOPICS } from '../../../src/commands/help-topics.ts';
import { openContext } from '../../../src/run/context.ts';
import { EXIT } from '../../../src/terminal/exit-codes.ts';

const written: string[] = [];

function openProgram(): { readonly program: Command; readonly context: ReturnType<typeof openContext>['context'] } {
  written.length = 0;
  const program = createProgram({ write: (text) => written.push(text) });
  const { context } = openContext(process, () => readGlobalOptions(program));
  return { program, context };
}

const HELP_HINT = 'Add --help to see the options and arguments.';

/** Codes of errors that begin like a variable. */
const NOT_VARIABLES = /^(?:AZURE_CLI_|NO_(?!COLOR|PROXY))/;

async function thrownBy(args: readonly string[]): Promise<unknown> {
  return (await failed(args)).error;
}

async function failed(args: readonly string[]): Promise<{ readonly program: Command; readonly error: unknown }> {
  const { program, context } = openProgram();
  await addCommands(program, context, args);
  const parsing = program.parseAsync(args, { from: 'user' });
  return {
    program,
    error: await parsing.then(
      () => undefined,
      (error: unknown) => error,
    ),
  };
}

async function refusalOf(args: readonly string[]) {
  const { program, error } = await failed(args);
  return usageError(error, program);
}

/** The arguments and options with which the command would run, in place of running it. */
async function parsed(
  args: readonly string[],
): Promise<{ readonly program: Command; readonly given: readonly unknown[] }> {
  const { program, context } = openProgram();
  await addCommands(program, context, args);
  const given: unknown[] = [];
  program.hook('preAction', (_program, command) => {
    command.action((...all: readonly unknown[]) => void given.push(...all.slice(0, -1)));
  });
  await program.parseAsync(args, { from: 'user' });
  return { program, given };
}

/** Every option of every command that takes a file or folder, as the words before its value: `add x --report`. */
function fileOptions(command: Command, path: readonly string[] = []): readonly (readonly string[])[] {
  const own = command.options
    .filter(({ flags }) => /<(?:file|folder)>$/.test(flags))
    .map(({ long }) => [...path, long ?? '']);
  return [...own, ...command.commands.flatMap((each) => fileOptions(each, [...path, each.name()]))];
}

describe('an option that takes a file', () => {
  it('takes no option for its value', async () => {
    const { program, context } = openProgram();
    await addCommands(program, context);
    const every = fileOptions(program);
    const some = ['add --file', 'add --exclude', 'apply --results', 'runs undo --report', 'emulator --faults'];
    expect(every.map((words) => words.join(' '))).toEqual(expect.arrayContaining(some));
    const hint = 'Give a file before --dry-run. If a file has that name: ./--dry-run';
    for (const words of every)
      expect({ words, refusal: await refusalOf([...words, '--dry-run']) }).toMatchObject({
        words,
        refusal: { code: 'INVALID_ARGUMENT', hint },
      });
  });
});

describe('usageError', () => {
  it.each([
    ['a mistyped option', ['profiles', 'list', '--jsn'], 'UNKNOWN_OPTION', 'Did you mean --json?'],
    [
      'a missing argument',
      ['profiles', 'use'],
      'MISSING_ARGUMENT',
      'Usage: dyncamp profiles use [options] <name>. Add --help to see the options and arguments.',
    ],
    ['a value that is none', ['profiles', 'list', '--max-wait', 'soon'], 'INVALID_ARGUMENT', HELP_HINT],
    ['an argument too many', ['profiles', 'use', 'a', 'b'], 'EXCESS_ARGUMENTS', HELP_HINT],
    [
      'two options that exclude each other',
      ['profiles', 'list', '--json', '-o', 'csv'],
      'CONFLICTING_OPTION',
      HELP_HINT,
    ],
  ])('explains %s', async (_name, args, code, hint) => {
    expect(await refusalOf(args)).toMatchObject({ code, hint, category: 'usage' });
    expect(written).toEqual([]);
  });

  it.each([
    ['add C p@x.example --json', '-o jsonl'],
    ['--json add C p@x.example', '-o jsonl'],
    ['add C p@x.example --csv', '--results results.csv'],
    ['add C p@x.example --format json', '--output'],
    ['campaigns list --csv', '-o csv'],
    ['campaigns list --jsonl', '-o jsonl'],
    ['runs show r --format=csv', '--output'],
    ['campaigns list --fields name', '--columns'],
    ['campaigns list --query x', '--search'],
    ['remove C p@x.example --force', '--yes'],
    ['add C -f p.csv --what-if', '--dry-run'],
    ['--target-org prod campaigns list', '--profile'],
    ['login --json', undefined],
  ])('knows what other tools call so: %s', async (words, meant) => {
    const hint = meant === undefined ? HELP_HINT : `Did you mean ${meant}?`;
    expect(await refusalOf(words.split(' '))).toMatchObject({ code: 'UNKNOWN_OPTION', hint });
  });

  it('is nothing for any other error', () => {
    expect(usageError(new Error('x'), openProgram().program)).toBeUndefined();
    expect(usageError(Object.assign(new Error('x'), { code: 'ENOENT' }), openProgram().program)).toBeUndefined();
  });
});

describe('an unknown command', () => {
  it.each([
    ['profles', 'Did you mean `dyncamp profiles`?'],
    ['profiles lst', 'Did you mean `dyncamp profiles list`?'],
    ['runs nonsense', 'Known: `dyncamp runs list`, `dyncamp runs show` and `dyncamp runs undo`.'],
    ['nonsense', '`dyncamp --help` shows the commands.'],
    ['list', expect.stringMatching(/^Did you mean `dyncamp campaigns list`, .* or `dyncamp profiles list`\?$/)],
    ['status', 'Did you mean `dyncamp sync check`?'],
    ['Status', 'Did you mean `dyncamp sync check`?'],
    ['whoami', 'Did you mean `dyncamp profiles show`?'],
    ['undo', 'Did you mean `dyncamp runs undo`?'],
    ['logs', 'Did you mean `dyncamp runs list` or `dyncamp events list`?'],
    ['init', 'Did you mean `dyncamp profiles add`?'],
    ['config', 'Did you mean `dyncamp profiles show` or `dyncamp profiles list`?'],
    ['export', 'Did you mean `dyncamp members list`?'],
    ['exprot', 'Did you mean `dyncamp members list`?'],
    ['exit-code', 'Did you mean `dyncamp help exit-codes`?'],
    ['help nope', '`dyncamp --help` shows the commands.'],
    ['help undo', 'Did you mean `dyncamp runs undo`?'],
    ['help env', 'Did you mean `dyncamp help environment`?'],
    ['help runs udno', 'Did you mean `dyncamp runs undo`?'],
    ['runs help udno', 'Did you mean `dyncamp runs undo`?'],
  ])('%s gets a hint that fits', async (words, hint) => {
    expect(await thrownBy(words.split(' '))).toMatchObject({ code: 'UNKNOWN_COMMAND', hint, category: 'usage' });
  });
});

describe('a topic of dyncamp help', () => {
  const src = join(__dirname, '../../../src');
  const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('help-topics.ts'))
    .map((name) => readFileSync(join(src, name), 'utf8'))
    .join('\n');

  it('environment names every variable that is read', () => {
    const read = sources.matchAll(/(?:env\.|')((?:DYNCAMP|AZURE|CLICOLOR|FORCE|NO)_[A-Z_]+|CLICOLOR|CI|COLUMNS)\b/g);
    const names = [...new Set([...read].map(([, name = '']) => name))].filter((name) => !NOT_VARIABLES.test(name));
    expect(names.length).toBeGreaterThan(15);
    // …_FILE is said of each.
    expect(names.filter((name) => !TOPICS.environment.includes(name.replace(/(?<=TOKEN)_FILE$/, '')))).toEqual([]);
  });

  it('exit-codes has every exit code', () => {
    const said = [...TOPICS['exit-codes'].matchAll(/^ {2}(\d+) /gm)].map(([, code]) => Number(code));
    expect(said).toEqual(Object.values(EXIT).toSorted((a, b) => a - b));
  });

  it.each([
    ['help', 'environment'],
    ['environment', '--help'],
    ['exit-codes', ''],
  ])('%s %s shows a page', async (...words) => {
    expect(isShownHelp(await thrownBy(words.filter((word) => word !== '')))).toBe(true);
    expect(
      written
        .join('')
        .split('\n')
        .filter((line) => line.length > 80),
    ).toEqual([]);
    expect(written.join('')).toMatch(/^(Environment variables|Exit codes) of dyncamp/);
  });
});

describe('dyncamp help', () => {
  it.each([
    ['help', 'Usage: dyncamp <command>'],
    ['help --help', 'Usage: dyncamp <command>'],
    ['help runs', 'Usage: dyncamp runs '],
    ['help runs undo', 'Usage: dyncamp runs undo '],
    ['help runs undo --help', 'Usage: dyncamp runs undo '],
    ['runs help undo', 'Usage: dyncamp runs undo '],
    ['help add "Spring Launch"', 'Usage: dyncamp add '],
    ['help exit-codes', 'Exit codes of dyncamp'],
  ])('%s shows the page of the whole path', async (words, expected) => {
    expect(isShownHelp(await thrownBy(words.split(' ')))).toBe(true);
    expect(written.join('')).toContain(expected);
  });

  it('takes no other option', async () => {
    expect(isShownHelp(await thrownBy(['help', '--nope']))).toBe(false);
    expect(await refusalOf(['help', '--nope'])).toMatchObject({ code: 'UNKNOWN_OPTION' });
  });
});

describe('readGlobalOptions', () => {
  it.each([
    ['before the command', ['--profile', 'p', '--quiet', '--max-wait', '5m', 'emulator']],
    ['after the command', ['emulator', '--profile', 'p', '--quiet', '--max-wait', '5m']],
  ])('reads them %s', async (_name, args) => {
    const { program } = await parsed(args);
    expect(readGlobalOptions(program)).toEqual({
      profile: 'p',
      color: true,
      input: true,
      quiet: true,
      verbose: false,
      debug: false,
      logFormat: 'text',
      maxWaitMs: 300_000,
      concurrency: undefined,
    });
  });

  it('waits a quarter of an hour for a busy server by default', () => {
    expect(readGlobalOptions(openProgram().program)).toMatchObject({ maxWaitMs: 900_000 });
  });
});

describe.each(['add', 'apply'])('%s --set', (command) => {
  it.each([
    ['a blank value', ['--set', 'jobtitle= '], 'INVALID_ARGUMENT', 'value is empty'],
    ['a value that nobody sees', ['--set', 'jobtitle=\u{200B}'], 'INVALID_ARGUMENT', 'value is empty'],
    ['one of several without a value', ['--set', 'jobtitle=x', '--set', 'city='], 'INVALID_ARGUMENT', 'value is empty'],
    ['an address', ['--set', 'EMailAddress1=a@b.example'], 'INVALID_ARGUMENT', 'their own row'],
    ['--no-create', ['--set', 'jobtitle=x', '--no-create'], 'CONFLICTING_OPTION', '--no-create'],
  ])('refuses what has no effect: %s', async (_name, args, code, message) => {
    const error = await refusalOf([command, 'Spring', '-f', 'people.csv', ...args]);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('takes several, with a value each', async () => {
    const { given } = await parsed([command, 'Spring', '-f', 'p.csv', '--set', 'a=1', '--set', 'b= 2=3']);
    expect(given.at(-1)).toMatchObject({ create: true, set: { a: '1', b: ' 2=3' } });
  });
});

describe('emulator', () => {
  it.each<[string, readonly string[], object]>([
    ['nothing', [], { port: 0 }],
    ['everything', ['--port', '8080', '--data', 'd', '--people', '9'], { port: 8080, data: 'd', people: 9 }],
  ])('reads %s', async (_name, args, expected) => {
    const { given } = await parsed(['emulator', ...args]);
    expect(given).toEqual([expect.objectContaining(expected)]);
  });

  it.each([[['--port', '70000']], [['--people', '0']]])('refuses %j', async (args) => {
    expect(await refusalOf(['emulator', ...args])).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('profiles add', () => {
  it('verifies unless told not to, and collects what may be repeated', async () => {
    const values = ['--set', 'a=1', '--set', 'b=2', '--flow-user', 'x'];
    expect((await parsed(['profiles', 'add', 'prod', ...values])).given).toEqual([
      'prod',
      expect.objectContaining({ verify: true, set: { a: '1', b: '2' }, flowUser: ['x'] }),
    ]);
    expect((await parsed(['profiles', 'add', '--no-verify'])).given).toEqual([
      undefined,
      expect.objectContaining({ verify: false }),
    ]);
  });
});
