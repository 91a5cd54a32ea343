/** Completion for fish. */
import { commandPaths, type Flag, type Node, quoted, wordsWithValue } from './command-tree.ts';

export function fishScript(nodes: readonly Node[]): string {
  const lines = nodes.flatMap((node) => {
    const when = `-n ${quoted(`__dyncamp_at ${quoted(node.path)}`)}`;
    const commands = node.subcommands.map(
      ({ name, description }) => `complete -c dyncamp -f ${when} -a ${name} -d ${fishQuoted(description)}`,
    );
    const choices = node.choices.map((choice) => `complete -c dyncamp -f ${when} -a ${choice}`);
    const first = `-n ${quoted(`__dyncamp_at ${quoted(node.path)} 0`)}`;
    const campaigns = node.takesCampaign ? [`complete -c dyncamp -f ${first} -a '(__dyncamp_campaigns)'`] : [];
    return [...commands, ...choices, ...campaigns, ...node.options.map((flag) => fishOption(flag, when))];
  });
  return `# dyncamp completion for fish
# Whether the line is at this command, and with a number: behind so many arguments of it.
function __dyncamp_at
    set -l path
    set -l positionals 0
    set -l is_value no
    for word in (commandline -opc)[2..-1]
        if test $is_value = yes
            set is_value no
            continue
        end
        contains -- $word ${wordsWithValue(nodes).join(' ')}; and set is_value yes
        string match -q -- '-*' $word; and continue
        if contains -- (string join ' ' $path $word) ${commandPaths(nodes).map(quoted).join(' ')}
            set -a path $word
        else
            set positionals (math $positionals + 1)
        end
    end
    # Quoted: at the top there is no path, and test takes no nothing.
    set -l joined (string join ' ' $path)
    test "$joined" = "$argv[1]"; or return 1
    test (count $argv) -lt 2; or test $positionals -eq $argv[2]
end
function __dyncamp_campaigns
    set -l words (commandline -opc)
    set -l profile (string match -r -- '^--profile=.*' $words)
    set -l at (contains -i -- --profile $words); and set profile --profile $words[(math $at + 1)]
    dyncamp $profile __campaigns 2>/dev/null
end
# No files but where an option takes one.
complete -c dyncamp -f
${lines.join('\n')}
`;
}

function fishOption({ words, description, choices, takesValue }: Flag, when: string): string {
  const names = words.map((word) => (word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`)).join(' ');
  const values = choices.length > 0 ? ` -xa ${quoted(choices.join(' '))}` : '';
  return `complete -c dyncamp ${when} ${names}${takesValue && choices.length === 0 ? ' -rF' : ''}${values} -d ${fishQuoted(description)}`;
}

/** fish knows no '\'' : a backslash escapes inside its single quotes. */
function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
