import { execFileSync } from 'node:child_process';
import { Argument, Command, Option } from 'commander';
import { completionScript } from '../../../src/commands/completion-script.ts';

function program(): Command {
  const root = new Command('dyncamp').option('--profile <name>', 'the profile').option('--quiet', 'say less');
  root
    .command('add')
    .description("put people in (it's the product)")
    .argument('<campaign>')
    .argument('[person...]')
    .addOption(new Option('--on-ambiguous <how>', 'what then').choices(['newest', 'stop']))
    .addOption(new Option('--secret-switch', 'hidden').hideHelp());
  const campaigns = root.command('campaigns').description('campaigns');
  campaigns.command('list').description('list them').option('--all', 'all of them');
  root.command('completion').addArgument(new Argument('<shell>').choices(['bash', 'zsh']));
  root.command('__campaigns', { hidden: true });
  return root;
}

describe('completionScript', () => {
  it.each([['bash'], ['zsh'], ['fish'], ['pwsh']] as const)(
    'for %s knows commands, subcommands, options and choices',
    (shell) => {
      const script = completionScript(shell, program());
      for (const word of ['add', 'campaigns', 'list', 'on-ambiguous', 'newest', 'all', 'profile', 'help'])
        expect(script).toContain(word);
    },
  );

  it.each([['bash'], ['zsh'], ['fish'], ['pwsh']] as const)('for %s offers nothing hidden', (shell) => {
    expect(completionScript(shell, program())).not.toContain('secret-switch');
  });

  it.each([
    ['the first word', ['dyncamp', ''], ['add', 'campaigns', 'completion']],
    ['the beginning of a word', ['dyncamp', 'ca'], ['campaigns']],
    ['a subcommand', ['dyncamp', 'campaigns', ''], ['list']],
    ['an option', ['dyncamp', 'campaigns', 'list', '--a'], ['--all']],
    ['a global option anywhere', ['dyncamp', 'add', '--q'], ['--quiet']],
    ['an option after a global one with a value', ['dyncamp', '--profile', 'p', 'campaigns', 'list', '--a'], ['--all']],
    ['the value of an option', ['dyncamp', 'add', 'x', '--on-ambiguous', 'n'], ['newest']],
    ['the value of an argument', ['dyncamp', 'completion', 'z'], ['zsh']],
  ])('completes in bash %s', (_name, words, expected) => {
    const script = `${completionScript('bash', program())}
COMP_LINE='${words.join(' ')}'; COMP_POINT=\${#COMP_LINE}
_dyncamp; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const replies = execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n');
    expect(replies).toEqual(expect.arrayContaining(expected));
  });

  it('completes in bash campaign names with blanks, quoted', () => {
    const script = `dyncamp() { printf '%s\\n' 'Spring Launch' 'Summer'; }
${completionScript('bash', program())}
COMP_LINE='dyncamp add Spr'; COMP_POINT=15; _dyncamp; printf '%s\\n' "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe('Spring\\ Launch\n');
  });

  it('stays silent in bash when campaigns cannot be read', () => {
    const script = `dyncamp() { echo broken >&2; return 4; }
${completionScript('bash', program())}
COMP_LINE='dyncamp add Spr'; COMP_POINT=15; _dyncamp; echo "\${#COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })).toBe('0\n');
  });

  describe('for PowerShell, which is nowhere at hand', () => {
    const script = completionScript('pwsh', program());
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

    it('has no key of a table twice, in whatever case: that is an error of its parser', () => {
      for (const [, table = ''] of script.matchAll(/= @\{\n([^}]*)\}/g)) {
        const keys = [...table.matchAll(/^ *('(?:[^']|'')*') = /gm)].map(([, key = '']) => key.toLowerCase());
        expect(keys.length).toBeGreaterThan(0);
        expect(new Set(keys).size).toBe(keys.length);
      }
    });

    it('uses no variable that it does not set', () => {
      const used = new Set([...code.matchAll(/[$@]([a-z_]\w*)/gi)].map(([, name = '']) => name));
      const set = new Set([...code.matchAll(/\$(\w+)(?: \+?= |\+\+|,| in |\))/g)].map(([, name = '']) => name));
      for (const given of ['_', 'null', 'false', 'commandAst', 'cursorPosition', 'wordToComplete']) set.add(given);
      expect([...used].filter((name) => !set.has(name))).toEqual([]);
    });

    it('compares names as they are: brackets in them are no patterns', () => {
      expect(code).not.toMatch(/-(like|match)\b/);
    });
  });
});
