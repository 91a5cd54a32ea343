/** Completion scripts from the command tree. Campaign names come from a hidden command, silently and within two seconds. */
import type { Command } from 'commander';
import { bashScript } from './completion/bash-script.ts';
import { type Node, nodesOf } from './completion/command-tree.ts';
import { fishScript } from './completion/fish-script.ts';
import { pwshScript } from './completion/pwsh-script.ts';
import { zshScript } from './completion/zsh-script.ts';
import type { Shell } from './completion.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript, pwsh: pwshScript } as const satisfies Record<
  Shell,
  (nodes: readonly Node[]) => string
>;

export function completionScript(shell: Shell, program: Command): string {
  return SCRIPTS[shell](nodesOf(program));
}
