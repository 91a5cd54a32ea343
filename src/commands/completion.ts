/** `dyncamp completion`: a script that teaches a shell the commands, options and campaign names. */

import { Argument, type Command } from 'commander';
import type { Context } from '../context.ts';
import { explainedOutput } from '../terminal/explained-output.ts';
import { completionScript } from './completion-script.ts';

export const SHELLS = ['bash', 'zsh', 'fish', 'pwsh'] as const;
export type Shell = (typeof SHELLS)[number];

const AFTER = `
Examples:
  $ source <(dyncamp completion bash)   # this shell; in ~/.bashrc for all
  $ dyncamp completion zsh > "\${fpath[1]}/_dyncamp"
  $ dyncamp completion fish > ~/.config/fish/completions/dyncamp.fish
  PS> dyncamp completion pwsh | Out-String | Invoke-Expression`;

export function defineCompletion(parent: Command, context: Context): void {
  parent
    .command('completion')
    .description('Print the completion script of a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', AFTER)
    .action((shell: Shell) => explainedOutput(context.terminal.stdout).write(completionScript(shell, parent)));
}
