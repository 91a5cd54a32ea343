import { execFileSync } from 'node:child_process';
import { Argument, Command, Option } from 'commander';
import { complete } from '../../../src/commands/complete.ts';
import { SCRIPTS } from '../../../src/commands/completion.ts';
import { addListingOptions } from '../../../src/commands/listing.ts';

function program(): Command {
  const root = new Command('dyncamp').option('--profile <name>', 'the profile').option('--quiet', 'say less');
  root
    .command('add')
    .description("put people in (it's the product)")
    .argument('<campaign>')
    .argument('[person...]')
    .addOption(new Option('--on-ambiguous <how>', 'what then').choices(['newest', 'stop']))
    .option('-f, --file <file>', 'people')
    .addOption(new Option('--secret-switch', 'hidden').hideHelp());
  const campaigns = root.command('campaigns').description('campaigns');
  addListingOptions(campaigns.command('list').description('list them').option('--all', 'all of them'), [
    'name',
    'code',
  ]);
  root.command('runs').command('show').argument('<run>');
  const profiles = root.command('profiles');
  profiles.command('use').argument('<name>');
  profiles.command('add').argument('<name>');
  root.command('completion').addArgument(new Argument('<shell>').choices(['bash', 'zsh']));
  for (const name of ['__complete', 'environment', 'exit-codes']) root.command(name, { hidden: true });
  return root;
}

describe('complete', () => {
  const words = (...typed: readonly string[]): readonly string[] => {
    const completion = complete(program(), typed);
    return 'known' in completion ? [completion.known] : completion.map(({ word }) => word);
  };

  it.each<[string, readonly string[], readonly string[]]>([
    ['the first word', [''], ['add', 'campaigns', 'completion', 'help', 'profiles', 'runs']],
    ['a help page', ['help', ''], ['add', 'campaigns', 'completion', 'profiles', 'runs', 'environment', 'exit-codes']],
    ['a page of help of a group', ['help', 'campaigns', ''], ['list']],
    ['a subcommand', ['campaigns', ''], ['list', 'help']],
    [
      'an option, and a global one',
      ['campaigns', 'list', '-'],
      ['--all', '--columns', '--json', '--output', '--profile', '--quiet', '-h', '--help', '--help-all', '-o'],
    ],
    ['an option after a global one with a value', ['--profile', 'p', 'campaigns', ''], ['list', 'help']],
    ['the value of an option', ['add', 'x', '--on-ambiguous', 'n'], ['newest', 'stop']],
    ['a value in one word', ['add', 'x', '--on-ambiguous=n'], ['--on-ambiguous=newest', '--on-ambiguous=stop']],
    ['columns', ['campaigns', 'list', '--columns', ''], ['name', 'code']],
    ['the columns that are left', ['campaigns', 'list', '--columns=name,'], ['--columns=name,code']],
    ['the value of an argument', ['completion', 'z'], ['bash', 'zsh']],
    ['a blank, which PowerShell 5 sends for an empty word', ['completion', ' '], ['bash', 'zsh']],
    ['files for a file', ['add', 'x', '-f', 'peo'], []],
    ['files for a person', ['add', 'x', 'kim'], []],
  ])('offers %s', (_name, typed, expected) => {
    expect([...words(...typed)].sort()).toEqual([...expected].sort());
  });

  it.each([
    ['campaigns', ['add', 'Spr'], undefined],
    ['campaigns', ['--profile', 'my prod', 'add', ''], 'my prod'],
    ['campaigns', ['add', '--quiet', '--profile=x', ''], 'x'],
    ['runs', ['runs', 'show', '5f'], undefined],
    ['profiles', ['--profile', ''], undefined],
    ['profiles', ['profiles', 'use', ''], undefined],
  ] as const)('asks for the %s at %j', (known, typed, profile) => {
    expect(complete(program(), typed)).toEqual({ known, profile });
  });

  it('offers no profile where a new name is to be given', () => {
    expect(words('profiles', 'add', '')).toEqual([]);
  });

  it('offers nothing hidden', () => {
    expect(words('add', '-')).not.toContain('--secret-switch');
    expect(words('')).not.toContain('__complete');
  });
});

describe('the script', () => {
  it('for bash quotes campaign names with blanks', () => {
    const script = `dyncamp() { printf '%s\\n' 'Spring Launch' 'Summer'; }
${SCRIPTS.bash}
COMP_LINE='dyncamp add Spr'; COMP_POINT=15; _dyncamp; printf '%s\\n' "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe('Spring\\ Launch\n');
  });

  it('for bash stays silent when nothing can be read', () => {
    const script = `dyncamp() { echo broken >&2; return 4; }
${SCRIPTS.bash}
COMP_LINE='dyncamp add Spr'; COMP_POINT=15; _dyncamp; echo "\${#COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })).toBe('0\n');
  });

  describe('for PowerShell, which is nowhere at hand', () => {
    const script = SCRIPTS.pwsh;
    /** Without comments and the contents of single-quoted strings; there are no others. */
    const code = script.replace(/^ *#.*$/gm, '').replace(/'(?:[^']|'')*'/g, "''");

    it('closes what it opens', () => {
      const open: string[] = [];
      const partners: Record<string, string> = { ')': '(', '}': '{', ']': '[' };
      for (const char of code.replaceAll("''", '')) {
        if ('({['.includes(char)) open.push(char);
        else if (char in partners) expect(open.pop()).toBe(partners[char]);
      }
      expect(open).toEqual([]);
      expect(code).not.toContain('"');
    });

    it('uses no variable that it does not set', () => {
      const used = new Set([...code.matchAll(/[$@]([a-z_]\w*)/gi)].map(([, name = '']) => name));
      const set = new Set([...code.matchAll(/\$(\w+)(?: \+?= |\+\+|,| in |\))/g)].map(([, name = '']) => name));
      for (const given of ['_', 'null', 'false', 'commandAst', 'cursorPosition', 'wordToComplete']) set.add(given);
      expect([...used].filter((name) => !set.has(name))).toEqual([]);
    });

    it('compares names as they are: brackets in them are no patterns', () => {
      expect(code).not.toMatch(/-like\b/);
    });
  });
});
