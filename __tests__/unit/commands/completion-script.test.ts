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
    ['the first word', ['dyncamp', ''], 1, ['add', 'campaigns', 'completion']],
    ['the beginning of a word', ['dyncamp', 'ca'], 1, ['campaigns']],
    ['a subcommand', ['dyncamp', 'campaigns', ''], 2, ['list']],
    ['an option', ['dyncamp', 'campaigns', 'list', '--a'], 3, ['--all']],
    ['a global option anywhere', ['dyncamp', 'add', '--q'], 2, ['--quiet']],
    [
      'an option after a global one with a value',
      ['dyncamp', '--profile', 'p', 'campaigns', 'list', '--a'],
      5,
      ['--all'],
    ],
    ['the value of an option', ['dyncamp', 'add', 'x', '--on-ambiguous', 'n'], 4, ['newest']],
    ['the value of an argument', ['dyncamp', 'completion', 'z'], 2, ['zsh']],
  ])('completes in bash %s', (_name, words, index, expected) => {
    const script = `${completionScript('bash', program())}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${index}
_dyncamp; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const replies = execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n');
    expect(replies).toEqual(expect.arrayContaining(expected));
  });

  it('completes in bash campaign names with blanks, quoted', () => {
    const script = `dyncamp() { printf '%s\\n' 'Spring Launch' 'Summer'; }
${completionScript('bash', program())}
COMP_WORDS=(dyncamp add Spr); COMP_CWORD=2; _dyncamp; printf '%s\\n' "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe('Spring\\ Launch\n');
  });

  it('stays silent in bash when campaigns cannot be read', () => {
    const script = `dyncamp() { echo broken >&2; return 4; }
${completionScript('bash', program())}
COMP_WORDS=(dyncamp add Spr); COMP_CWORD=2; _dyncamp; echo "\${#COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })).toBe('0\n');
  });
});
