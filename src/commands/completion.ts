/** `dyncamp completion`: a script that teaches a shell the commands, options and campaign names. */

import { Argument, type Command } from 'commander';
import { printWhole, STDOUT } from '../terminal/print-whole.ts';
import { completionScript } from './completion-script.ts';

export const SHELLS = ['bash', 'zsh', 'fish', 'pwsh'] as const;
export type Shell = (typeof SHELLS)[number];

export type CompletionRun = (shell: Shell, program: Command) => Promise<void>;

const AFTER = `
Examples:
  $ source <(dyncamp completion bash)   # this shell; in ~/.bashrc for all
  $ dyncamp completion zsh > "\${fpath[1]}/_dyncamp"
  $ dyncamp completion fish > ~/.config/fish/completions/dyncamp.fish
  PS> dyncamp completion pwsh | Out-String | Invoke-Expression`;

export function defineCompletion(parent: Command, run: CompletionRun = completionRun): void {
  parent
    .command('completion')
    .description('Print the completion script of a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', AFTER)
    .action((shell: Shell) => run(shell, parent));
}

export async function completionRun(shell: Shell, program: Command): Promise<void> {
  await printWhole(STDOUT, completionScript(shell, program));
}
