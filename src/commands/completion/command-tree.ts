/** The command tree as completion sees it. */
import type { Argument, Command, Option } from 'commander';

/** One command as completion sees it. */
export type Node = {
  /** Words after `dyncamp`, e.g. `campaigns list`. */
  readonly path: string;
  readonly description: string;
  readonly subcommands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly Flag[];
  /** The first argument is a campaign. */
  readonly takesCampaign: boolean;
  /** Words that the first argument may be. */
  readonly choices: readonly string[];
};

export type Flag = {
  readonly words: readonly string[];
  readonly description: string;
  readonly choices: readonly string[];
  readonly takesValue: boolean;
};

/** The program and its commands, parents first. */
export function nodesOf(program: Command): readonly Node[] {
  const globals = program.options.map(flagOf);
  const visit = (command: Command, words: readonly string[]): readonly Node[] => {
    const visible = command.createHelp().visibleCommands(command);
    const node: Node = {
      path: words.join(' '),
      description: command.description(),
      subcommands: visible.map((sub) => ({ name: sub.name(), description: firstLine(sub.description()) })),
      options: [...(command === program ? [] : command.options.filter(isVisible).map(flagOf)), ...globals, HELP],
      takesCampaign: command.registeredArguments[0]?.name().toLowerCase() === 'campaign',
      choices: choicesOf(command.registeredArguments[0]),
    };
    return [
      node,
      ...command.commands.filter((sub) => visible.includes(sub)).flatMap((sub) => visit(sub, [...words, sub.name()])),
    ];
  };
  return visit(program, []);
}

const HELP: Flag = { words: ['-h', '--help'], description: 'show help', choices: [], takesValue: false };

function isVisible(option: Option): boolean {
  return !option.hidden;
}

function flagOf(option: Option): Flag {
  return {
    words: [option.short, option.long].filter((word) => word !== undefined && word !== null),
    description: firstLine(option.description),
    choices: option.argChoices ?? [],
    takesValue: option.required || option.optional,
  };
}

function choicesOf(argument: Argument | undefined): readonly string[] {
  return argument?.argChoices ?? [];
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

export function commandPaths(nodes: readonly Node[]): readonly string[] {
  return nodes.map(({ path }) => path).filter((path) => path !== '');
}

export function campaignPaths(nodes: readonly Node[]): readonly string[] {
  return nodes.filter(({ takesCampaign }) => takesCampaign).map(({ path }) => path);
}

export function choicesByFlag(nodes: readonly Node[]): ReadonlyMap<string, readonly string[]> {
  const flags = nodes.flatMap(({ options }) => options).filter(({ choices }) => choices.length > 0);
  return new Map(flags.flatMap(({ words, choices }) => words.map((word) => [word, choices] as const)));
}

/** Options whose next word is their value. */
export function wordsWithValue(nodes: readonly Node[]): readonly string[] {
  const flags = nodes.flatMap(({ options }) => options).filter(({ takesValue }) => takesValue);
  return [...new Set(flags.flatMap(({ words }) => words))];
}

/** Inside single quotes of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** All that may come next: subcommands, words of the argument, options. */
export function wordsOf(node: Node): string {
  const options = node.options.flatMap(({ words }) => words);
  return [...node.subcommands.map(({ name }) => name), ...node.choices, ...options].join(' ');
}
