/**
 * `dyncamp completion SHELL` prints a short script for a shell: it finds the words up to the cursor, asks `dyncamp __complete`, and quotes
 * the answers as the shell wants them.
 */
import type { Command } from 'commander';
import type { Context } from '../run/context.ts';

const AFTER = `
Examples:
  $ source <(dyncamp completion bash)   # this shell; in ~/.bashrc for all
  $ dyncamp completion zsh > "\${fpath[1]}/_dyncamp"
  $ dyncamp completion fish > ~/.config/fish/completions/dyncamp.fish
  PS> dyncamp completion pwsh | Out-String | Invoke-Expression`;

export function define(command: Command, context: Context): void {
  command
    .addArgument(command.createArgument('<shell>', 'the shell').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', AFTER)
    .action((shell: keyof typeof SCRIPTS) => context.terminal.stdout.write(SCRIPTS[shell]));
}

/**
 * bash cuts words at colons, and leaves quotes and backslashes in them: a campaign's name needs the words as the command would get them.
 * readline replaces only what follows the last colon (or the like), so answers must not repeat what comes before it.
 */
const bash = `# dyncamp completion for bash
# The line up to the cursor as the command would get it: words, the one being typed (cur), how much
# of it bash leaves alone (before), and the quote that is open in it.
_dyncamp_split() {
  local line=\${COMP_LINE:0:COMP_POINT} char begun= i
  words=() cur= before= quote=
  for ((i = 0; i < \${#line}; i++)); do
    char=\${line:i:1}
    if [[ -z $quote && $char == [$' \\t'] ]]; then
      [[ -n $begun ]] && words+=("$cur")
      cur= before= begun=
      continue
    fi
    begun=yes
    if [[ $quote != "'" && $char == \\\\ ]]; then i=$((i + 1)); cur+=\${line:i:1}
    elif [[ -n $quote && $char == "$quote" ]]; then quote=
    elif [[ -z $quote && ( $char == \\' || $char == \\" ) ]]; then quote=$char
    else
      cur+=$char
      [[ -z $quote && $char == [:=@] && $COMP_WORDBREAKS == *$char* ]] && before=$cur
    fi
  done
}
# A name so that it goes on with what was typed; bash closes the quote. "!" stands outside of double
# quotes, where bash would look it up in the history.
_dyncamp_quoted() {
  case $quote in
    \\') printf %s "$1" | sed "s/'/'\\\\\\\\''/g" ;;
    \\") printf %s "$1" | sed -e 's/[\\\\$\`"]/\\\\&/g' -e 's/!/"\\\\!"/g' ;;
    *) printf %q "$1" ;;
  esac
}
_dyncamp() {
  local cur before quote name IFS=$' \\t\\n'
  local -a words
  COMPREPLY=()
  _dyncamp_split
  while IFS=$'\\t' read -r name _; do
    [[ $name == "$cur"* ]] && COMPREPLY+=("$(_dyncamp_quoted "\${name#"$before"}")")
  done < <(dyncamp __complete -- "\${words[@]:1}" "$cur" 2>/dev/null)
}
complete -o default -F _dyncamp dyncamp
`;

const zsh = `#compdef dyncamp
# dyncamp completion for zsh
_dyncamp() {
  local line
  local -a answers names described
  answers=("\${(@f)$(dyncamp __complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)words[CURRENT]}" 2>/dev/null)}")
  for line in "\${(@)answers:#}"; do
    names+=("\${line%%$'\\t'*}")
    described+=("\${line/$'\\t'/  -- }")
  done
  if (( $#names )); then compadd -l -d described -- "\${(@)names}"; else _files; fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _dyncamp "$@"; else compdef _dyncamp dyncamp; fi
`;

const fish = `# dyncamp completion for fish
function __dyncamp_complete
    set -l words (commandline -opc)
    set -l answers (dyncamp __complete -- $words[2..-1] (commandline -ct) 2>/dev/null)
    if test (count $answers) -gt 0
        printf '%s\\n' $answers
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c dyncamp -f -a '(__dyncamp_complete)'
`;

/**
 * PowerShell 5 and later. The words before the cursor are those whose extent ends before it (about_Parsing, CommandAst.CommandElements); a
 * script block that gives nothing leaves the word to file completion (Register-ArgumentCompleter -Native).
 */
const pwsh = `# dyncamp completion for PowerShell
Register-ArgumentCompleter -Native -CommandName dyncamp -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  # The words before the one that is being typed, without their quotes.
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object {
    if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.ToString() }
  })
  $typed = $wordToComplete.TrimStart([char[]]@([char]39, [char]34))
  # PowerShell 5 drops an empty last argument; a blank stands for it.
  $last = $typed
  if ($last -eq '') { $last = ' ' }
  $encoding = [Console]::OutputEncoding
  try { [Console]::OutputEncoding = New-Object System.Text.UTF8Encoding } catch { }
  $answers = @(dyncamp __complete '--' @words $last 2>$null)
  try { [Console]::OutputEncoding = $encoding } catch { }
  $answers | Where-Object { $_ -and $_.StartsWith($typed, [StringComparison]::OrdinalIgnoreCase) } | ForEach-Object {
    $word, $description = $_.Split([char]9)
    if (-not $description) { $description = $word }
    $quoted = $word
    if ($word -cnotmatch '^[A-Za-z0-9_=-]+$') { $quoted = '''' + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($word) + '''' }
    [System.Management.Automation.CompletionResult]::new($quoted, $word, 'ParameterValue', $description)
  }
}
`;

export const SCRIPTS = { bash, zsh, fish, pwsh } as const;
