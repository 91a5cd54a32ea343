/** Completion scripts from the command tree. Campaign names come from a hidden command, silently and within a second or two. */
import type { Argument, Command, Option } from 'commander';
import type { Shell } from './completion.ts';

/** One command as completion sees it. */
type Node = {
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

type Flag = {
  readonly words: readonly string[];
  readonly description: string;
  readonly choices: readonly string[];
  readonly takesValue: boolean;
};

export function completionScript(shell: Shell, program: Command): string {
  return WRITERS[shell](nodesOf(program));
}

function nodesOf(program: Command): readonly Node[] {
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

/** Options of Unix tools that take files keep the shell's own file completion: nothing else is offered for their value. */
const CAMPAIGNS = 'dyncamp __campaigns 2>/dev/null';

/** Inside single quotes of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function wordsOf(node: Node): string {
  return [
    ...node.subcommands.map(({ name }) => name),
    ...node.choices,
    ...node.options.flatMap(({ words }) => words),
  ].join(' ');
}

function bash(nodes: readonly Node[]): string {
  const cases = nodes.map((node) => `    ${quoted(node.path)}) words=${quoted(wordsOf(node))} ;;`).join('\n');
  const values = [...choicesByFlag(nodes)]
    .map(([word, choices]) => `    ${word}) words=${quoted(choices.join(' '))} ;;`)
    .join('\n');
  const valueFlags = [
    ...new Set(nodes.flatMap(({ options }) => options.filter((o) => o.takesValue).flatMap((o) => o.words))),
  ];
  return `# dyncamp completion for bash
_dyncamp() {
  local cur=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path= positionals=0 words= word i
  local IFS=$' \\t\\n'
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $word in
      ${valueFlags.join('|')}) i=$((i + 1)); continue ;;
      -*) continue ;;
    esac
    case "\${path:+$path }$word" in
      ${commandPaths(nodes).map(quoted).join('|')}) path="\${path:+$path }$word" ;;
      *) positionals=$((positionals + 1)) ;;
    esac
  done
  case $previous in
${values}
    ${valueFlags.filter((word) => !choicesByFlag(nodes).has(word)).join('|')}) COMPREPLY=($(compgen -f -- "$cur")); return ;;
  esac
  if [[ -n $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$cur")); return; fi
  case $path in
${cases}
  esac
  if [[ $cur != -* && $positionals -eq 0 ]]; then
    case $path in
      ${campaignPaths(nodes).map(quoted).join('|') || "'-'"})
        IFS=$'\\n'
        local names=($(${CAMPAIGNS}))
        local plain=\${cur#[\\"\\']} name
        for name in "\${names[@]}"; do
          [[ $name == "$plain"* ]] && COMPREPLY+=("$(printf %q "$name")")
        done
        return ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _dyncamp dyncamp
`;
}

function commandPaths(nodes: readonly Node[]): readonly string[] {
  return nodes.map(({ path }) => path).filter((path) => path !== '');
}

function campaignPaths(nodes: readonly Node[]): readonly string[] {
  return nodes.filter(({ takesCampaign }) => takesCampaign).map(({ path }) => path);
}

function choicesByFlag(nodes: readonly Node[]): ReadonlyMap<string, readonly string[]> {
  const flags = nodes.flatMap(({ options }) => options).filter(({ choices }) => choices.length > 0);
  return new Map(flags.flatMap(({ words, choices }) => words.map((word) => [word, choices] as const)));
}

/** `name:description` for _describe, with the colons of names escaped. */
function described(name: string, description: string): string {
  return quoted(`${name.replaceAll(':', '\\:')}:${description}`);
}

function zsh(nodes: readonly Node[]): string {
  const cases = nodes.map((node) => {
    const commands = node.subcommands.map(({ name, description }) => described(name, description));
    const choices = node.choices.map((choice) => described(choice, ''));
    const options = node.options.flatMap(({ words, description }) => words.map((word) => described(word, description)));
    return `    ${quoted(node.path)})
      commands=(${[...commands, ...choices].join(' ')})
      options=(${options.join(' ')}) ;;`;
  });
  const values = [...choicesByFlag(nodes)].map(
    ([word, choices]) => `    ${word}) compadd -- ${choices.join(' ')}; return ;;`,
  );
  return `#compdef dyncamp
# dyncamp completion for zsh
_dyncamp() {
  local path_= word i positionals=0
  local -a commands options names
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    [[ $word == -* ]] && continue
    case "\${path_:+$path_ }$word" in
      ${commandPaths(nodes).map(quoted).join('|')}) path_="\${path_:+$path_ }$word" ;;
      *) positionals=$((positionals + 1)) ;;
    esac
  done
  case \${words[CURRENT-1]} in
${values.join('\n')}
  esac
  case $path_ in
${cases.join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then _describe option options; return; fi
  if (( positionals == 0 )); then
    case $path_ in
      ${campaignPaths(nodes).map(quoted).join('|') || "'-'"}) names=("\${(@f)$(${CAMPAIGNS})}"); compadd -- $names; return ;;
    esac
  fi
  (( $#commands )) && _describe command commands || _files
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _dyncamp "$@"; else compdef _dyncamp dyncamp; fi
`;
}

function fish(nodes: readonly Node[]): string {
  const lines = nodes.flatMap((node) => {
    const when = `-n ${quoted(`__dyncamp_at ${quoted(node.path)}`)}`;
    const commands = node.subcommands.map(
      ({ name, description }) => `complete -c dyncamp -f ${when} -a ${name} -d ${fishQuoted(description)}`,
    );
    const choices = node.choices.map((choice) => `complete -c dyncamp -f ${when} -a ${choice}`);
    const campaigns = node.takesCampaign ? [`complete -c dyncamp ${when} -a '(${CAMPAIGNS})'`] : [];
    return [...commands, ...choices, ...campaigns, ...node.options.map((flag) => fishOption(flag, when))];
  });
  return `# dyncamp completion for fish
function __dyncamp_at
    set -l path
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; and continue
        contains -- (string join ' ' $path $word) ${commandPaths(nodes).map(quoted).join(' ')}; and set -a path $word
    end
    test (string join ' ' $path) = $argv[1]
end
${lines.join('\n')}
`;
}

function fishOption({ words, description, choices, takesValue }: Flag, when: string): string {
  const names = words.map((word) => (word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`)).join(' ');
  const values = choices.length > 0 ? ` -xa ${quoted(choices.join(' '))}` : '';
  return `complete -c dyncamp ${when} ${names}${takesValue && choices.length === 0 ? ' -r' : ''}${values} -d ${fishQuoted(description)}`;
}

/** fish knows no '\'' : a backslash escapes inside its single quotes. */
function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function pwsh(nodes: readonly Node[]): string {
  const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const entries = nodes.map((node) => `    ${quote(node.path)} = @(${wordsOf(node).split(' ').map(quote).join(', ')})`);
  const values = [...choicesByFlag(nodes)].map(
    ([word, choices]) => `    ${quote(word)} = @(${choices.map(quote).join(', ')})`,
  );
  return `# dyncamp completion for PowerShell
Register-ArgumentCompleter -Native -CommandName dyncamp -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $known = @{
${entries.join('\n')}
  }
  $values = @{
${values.join('\n')}
  }
  $campaignCommands = @(${campaignPaths(nodes).map(quote).join(', ')})
  $path = ''
  $positionals = 0
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($wordToComplete -ne '' -and $words.Count -gt 0) { $words = @($words | Select-Object -SkipLast 1) }
  foreach ($word in $words) {
    if ($word.StartsWith('-')) { continue }
    $next = ($path + ' ' + $word).Trim()
    if ($known.ContainsKey($next)) { $path = $next } else { $positionals++ }
  }
  $candidates = $known[$path]
  if ($words.Count -gt 0 -and $values.ContainsKey($words[-1])) { $candidates = $values[$words[-1]] }
  elseif ($positionals -eq 0 -and -not $wordToComplete.StartsWith('-') -and $campaignCommands -contains $path) {
    $candidates = @(dyncamp __campaigns 2>$null | ForEach-Object { "'" + $_.Replace("'", "''") + "'" })
  }
  $candidates | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}

const WRITERS = { bash, zsh, fish, pwsh } as const satisfies Record<Shell, (nodes: readonly Node[]) => string>;
