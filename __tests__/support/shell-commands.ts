/** The `dyncamp …` command lines in shell text, as words. What a shell would put in for variables and substitutions stands as `1`. */

/** Words after `dyncamp`, one array per command line. Comments and functions called dyncamp are none. */
export function dyncampCommands(text: string): readonly (readonly string[])[] {
  const { outer, inner } = withoutSubstitutions(text.replaceAll(/\\\n\s*/g, ' ').replaceAll(/\$\{\{.*?\}\}/g, '1'));
  const lines = [...outer.split('\n'), ...inner.flatMap((part) => part.split('\n'))];
  return lines.flatMap((line) => simpleCommands(line)).flatMap(afterDyncamp);
}

/** Contents of `$(…)` and `<(…)`, the innermost first, and the text with `1` in their places. */
function withoutSubstitutions(text: string): { readonly outer: string; readonly inner: readonly string[] } {
  const inner: string[] = [];
  let outer = text;
  for (let before = ''; before !== outer; ) {
    before = outer;
    outer = outer.replaceAll(/[$<]\(([^()]*)\)/g, (_, part: string) => {
      inner.push(part);
      return '1';
    });
  }
  return { outer, inner };
}

const PART = /\s+|#.*|'([^']*)'|"((?:\\.|[^"\\])*)"|([0-9]?[<>]+&?|[|&;()]+)|((?:\\.|[^\s'"|&;()<>\\])+)|./gy;

/** Commands between `|`, `&&`, `;` and the like, each as its words, without redirections. */
function simpleCommands(line: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  let isJoined = false;
  let isTarget = false;
  for (const [part, single, double, operator, bare] of line.matchAll(PART)) {
    const word = single ?? (double ?? bare)?.replaceAll(/\\(.)/g, '$1').replaceAll(/\$(\w+|[@#?*]|\{[^}]*\})/g, '1');
    if (part.startsWith('#') && !isJoined) break;
    if (operator !== undefined) {
      if (/[<>]/.test(operator)) isTarget = true;
      else commands.push([]);
    } else if (word !== undefined && isTarget) isTarget = false;
    else if (word !== undefined) append(commands.at(-1) ?? [], word, isJoined);
    isJoined = word !== undefined && !isTarget;
  }
  return commands;
}

function append(words: string[], word: string, isJoined: boolean): void {
  if (isJoined && words.length > 0) words.push(`${words.pop()}${word}`);
  else words.push(word);
}

/** Assignments and words such as `if`, `exec` or `!` may stand before the command. */
const BEFORE = /^(\w+=.*|if|then|else|do|while|until|exec|sudo|npx|time|\$|!|PS>|PS|\{)$/;

function afterDyncamp(words: readonly string[]): readonly (readonly string[])[] {
  const at = words.findIndex((word) => !BEFORE.test(word));
  return words[at] === 'dyncamp' && words.length > at + 1 ? [words.slice(at + 1)] : [];
}
