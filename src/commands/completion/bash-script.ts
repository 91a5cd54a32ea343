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
  const cases = nodes.map((node) => `    ${quoted(node.path)}) offered=${quoted(wordsOf(node))} ;;`).join('\n');
  const choices = choicesByFlag(nodes);
  const values = [...choices]
    .map(([word, offered]) => `    ${word}) offered=${quoted(offered.join(' '))} ;;`)
    .join('\n');
  const valueFlags = wordsWithValue(nodes);
  return `# dyncamp completion for bash
${SPLIT}
_dyncamp() {
  local cur before quote previous path= positionals=0 offered= profile= word name i
  local -a words
  local IFS=$' \\t\\n'
  COMPREPLY=()
  _dyncamp_split
  previous=\${words[\${#words[@]}-1]}
  for ((i = 1; i < \${#words[@]}; i++)); do
    word=\${words[i]}
    [[ $word == --profile ]] && profile=\${words[i+1]}
    [[ $word == --profile=* ]] && profile=\${word#*=}
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
    # Nothing of ours: bash offers files.
    ${valueFlags.filter((word) => !choices.has(word)).join('|')}) return ;;
  esac
  if [[ -n $offered ]]; then COMPREPLY=($(compgen -W "$offered" -- "$cur")); return; fi
  case $path in
${cases}
  esac
  if [[ $cur != -* && $positionals -eq 0 ]]; then
    case $path in
      ${campaignPaths(nodes).map(quoted).join('|') || "'-'"})
        while IFS= read -r name; do
          [[ $name == "$cur"* ]] && COMPREPLY+=("$(_dyncamp_quoted "\${name#"$before"}")")
        done < <(dyncamp \${profile:+--profile "$profile"} __campaigns 2>/dev/null)
        return ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$offered" -- "$cur"))
}
complete -o default -F _dyncamp dyncamp
`;
}

/**
 * bash cuts words at colons, and leaves quotes and backslashes in them: a campaign's name needs the words as the command would get them.
 * readline replaces only what stands behind the last colon (or the like), so that what stands before it must not be in the answers.
 */
const SPLIT = `# The line up to the cursor as the command would get it: words, the one being typed (cur), how much
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
# A name so that it goes on with what was typed; bash closes the quote.
_dyncamp_quoted() {
  case $quote in
    \\') printf %s "$1" | sed "s/'/'\\\\\\\\''/g" ;;
    \\") printf %s "$1" | sed 's/[\\\\$\`"]/\\\\&/g' ;;
    *) printf %q "$1" ;;
  esac
}`;
