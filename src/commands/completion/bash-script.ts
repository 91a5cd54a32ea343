/** Completion for bash, without the bash-completion package. */
import {
  campaignPaths,
  choicesByFlag,
  commandPaths,
  type Node,
  quoted,
  wordsOf,
  wordsWithValue,
} from './command-tree.ts';

export function bashScript(nodes: readonly Node[]): string {
  const cases = nodes.map((node) => `    ${quoted(node.path)}) words=${quoted(wordsOf(node))} ;;`).join('\n');
  const values = [...choicesByFlag(nodes)]
    .map(([word, choices]) => `    ${word}) words=${quoted(choices.join(' '))} ;;`)
    .join('\n');
  const valueFlags = wordsWithValue(nodes);
  return `# dyncamp completion for bash
_dyncamp() {
  local cur=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path= positionals=0 words= profile= word i
  local IFS=$' \\t\\n'
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    [[ $word == --profile ]] && profile=\${COMP_WORDS[i+1]}
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
        local plain=\${cur#[\\"\\']} name
        while IFS= read -r name; do
          [[ $name == "$plain"* ]] && COMPREPLY+=("$(printf %q "$name")")
        done < <(dyncamp \${profile:+--profile "$profile"} __campaigns 2>/dev/null)
        return ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _dyncamp dyncamp
`;
}
