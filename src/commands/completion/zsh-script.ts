/** Completion for zsh. */
import { campaignPaths, choicesByFlag, commandPaths, type Node, quoted, wordsWithValue } from './command-tree.ts';

export function zshScript(nodes: readonly Node[]): string {
  const flags = wordsWithValue(nodes).join('|');
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
  local path_= word i positionals=0 profile=
  local -a commands options names
  for ((i = 2; i < CURRENT; i++)); do
    word=\${(Q)words[i]}
    [[ $word == --profile ]] && profile=\${(Q)words[i+1]}
    [[ $word == --profile=* ]] && profile=\${word#*=}
    if [[ $word == (${flags}) ]]; then i=$((i + 1)); continue; fi
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
      ${campaignPaths(nodes).map(quoted).join('|') || "'-'"}) names=("\${(@f)$(dyncamp \${profile:+--profile "$profile"} __campaigns 2>/dev/null)}"); compadd -- \${names:#}; return ;;
    esac
  fi
  (( $#commands )) && _describe command commands || _files
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _dyncamp "$@"; else compdef _dyncamp dyncamp; fi
`;
}

/** `name:description` for _describe, with the colons of names escaped. */
function described(name: string, description: string): string {
  return quoted(`${name.replaceAll(':', '\\:')}:${description}`);
}
