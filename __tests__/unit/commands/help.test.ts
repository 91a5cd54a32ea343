/** What every command's help has in common. The texts themselves are reviewed as pages in docs/commands/. */
import type { Command } from 'commander';
import { readGlobalOptions } from '../../../src/cli/global-options.ts';
import { readHelpWords } from '../../../src/cli/help.ts';
import { addCommands, createProgram } from '../../../src/cli/program.ts';
import { openContext } from '../../../src/run/context.ts';

type Page = { readonly path: string; readonly text: string; readonly isGroup: boolean };

async function helpPages(isFullHelp: boolean): Promise<readonly Page[]> {
  const written: string[] = [];
  const program = createProgram({ write: (text) => written.push(text), isFullHelp });
  await addCommands(program, openContext(process, () => readGlobalOptions(program)).context);
  const visit = (command: Command, path: string): readonly Page[] => {
    written.length = 0;
    command.outputHelp();
    const page = { path, text: written.join(''), isGroup: command.commands.length > 0 };
    const visible = command.createHelp().visibleCommands(command);
    const subs = command.commands.filter((sub) => visible.includes(sub));
    return [page, ...subs.flatMap((sub) => visit(sub, `${path} ${sub.name()}`))];
  };
  return visit(program, 'dyncamp');
}

let pages: readonly Page[];
let leaves: readonly Page[];
let full: ReadonlyMap<string, string>;

beforeAll(async () => {
  pages = await helpPages(false);
  leaves = pages.filter(({ isGroup }) => !isGroup);
  full = new Map((await helpPages(true)).map(({ path, text }) => [path, text]));
});

const linesOf = (text: string): readonly string[] => text.trimEnd().split('\n');

/** `$ dyncamp …` or `PS> dyncamp …`; a line that goes on with a backslash is one example. */
const examplesOf = (text: string): readonly string[] =>
  (text.split(/^Examples:\n/m)[1] ?? '').split('\n').filter((line) => /^ {2}(\$|PS>) /.test(line));

describe('the help', () => {
  it('is there for every command', () => {
    expect(leaves.length).toBeGreaterThan(15);
    expect(leaves.map(({ path }) => path)).toContain('dyncamp campaigns list');
  });

  it('of every command fits 80 columns, in full too', () => {
    const wide = pages.flatMap(({ path, text }) => linesOf(text + full.get(path)).filter((line) => line.length > 80));
    expect(wide).toEqual([]);
  });

  it('of every command has three examples of the command itself, each another', () => {
    const lacking = leaves.filter(({ path, text }) => {
      const examples = new Set(examplesOf(text));
      return (
        examples.size < 3 ||
        examples.size < examplesOf(text).length ||
        ![...examples].some((each) => each.includes(path))
      );
    });
    expect(lacking.map(({ path }) => path)).toEqual([]);
  });

  it('begins with an overview on one screen that names every command', () => {
    const overview = pages[0]?.text ?? '';
    expect(linesOf(overview).length).toBeLessThanOrEqual(33);
    expect(overview).toContain('  events list | replay          ');
    // With its arguments, as the usage says them; of a group the first verbs stand for all.
    const isNamed = ({ path, text }: Page): boolean => {
      const [usage = ''] = linesOf(text);
      const [, group] = path.split(' ');
      return (
        overview.includes(`  ${usage.replace(/^Usage: dyncamp |\[options\] ?/g, '').trim()}  `) ||
        overview.includes(`  ${group} list | `)
      );
    };
    const unnamed = leaves.filter((page) => !isNamed(page)).map(({ path }) => path);
    expect(unnamed).toEqual(['dyncamp help']);
  });

  it.each(['add', 'remove'])('of %s has what most people need, and says how to see the rest', (name) => {
    const { text } = pages.find(({ path }) => path === `dyncamp ${name}`) ?? { text: '' };
    expect(linesOf(text).length).toBeLessThanOrEqual(42);
    expect(text).toContain(`More options: dyncamp ${name} --help-all`);
    const all = full.get(`dyncamp ${name}`) ?? '';
    for (const option of ['--match-by', '--event-email', '--shard', '--partial-view', '--profile']) {
      expect(text).not.toContain(option);
      expect(all).toContain(option);
    }
  });
});

describe('readHelpWords', () => {
  it.each([
    ['add --help-all', 'help add', true],
    ['add --help', 'help add', false],
    ['-h add', 'help add', false],
    ['runs -h undo', 'help runs undo', false],
    ['/?', 'help', false],
    ['help runs undo -h', 'help runs undo', false],
    ['runs help undo --help-all', 'help runs undo', true],
    ['help --help', 'help', false],
    ['add C -? --dry-run', 'help add C', false],
    ['--profile p add --help-all', '--profile p add --help', true],
    ['add C -f -h', 'add C -f -h', false],
    ['add -- --help-all', 'add -- --help-all', false],
    ['add C -', 'add C -', false],
  ])('%s', (given, words, isFull) => {
    expect(readHelpWords(given.split(' '))).toEqual({ words: words.split(' '), isFull });
  });
});
