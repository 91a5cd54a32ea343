/** What every command's help has in common. The texts themselves are reviewed as pages in docs/commands/. */
import type { Command } from 'commander';
import { readGlobalOptions } from '../../../src/cli/global-options.ts';
import { readHelpWords } from '../../../src/cli/help.ts';
import { addCommands, createProgram } from '../../../src/cli/program.ts';
import { openContext } from '../../../src/run/context.ts';

type Page = { readonly path: string; readonly text: string; readonly isGroup: boolean };

function helpPages(isFullHelp: boolean): readonly Page[] {
  const written: string[] = [];
  const program = createProgram({ write: (text) => written.push(text), isFullHelp });
  addCommands(program, openContext(process, () => readGlobalOptions(program)).context);
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

const pages = helpPages(false).map((page) => [page.path, page] as const);
const full = new Map(helpPages(true).map(({ path, text }) => [path, text]));
const linesOf = (text: string): readonly string[] => text.trimEnd().split('\n');
const leaves = pages.filter(([, { isGroup }]) => !isGroup);

/** `$ dyncamp …` or `PS> dyncamp …`; a line that goes on with a backslash is one example. */
const examplesOf = (text: string): readonly string[] =>
  (text.split(/^Examples:\n/m)[1] ?? '').split('\n').filter((line) => /^ {2}(\$|PS>) /.test(line));

describe('the help', () => {
  it('is there for every command', () => {
    expect(leaves.length).toBeGreaterThan(15);
    expect(leaves.map(([path]) => path)).toContain('dyncamp campaigns list');
  });

  it.each(pages)('of %s fits 80 columns, in full too', (path, { text }) => {
    expect(linesOf(text + full.get(path)).filter((line) => line.length > 80)).toEqual([]);
  });

  it.each(leaves)('of %s has three examples of the command itself, each another', (path, { text }) => {
    const examples = examplesOf(text);
    expect(examples.length).toBeGreaterThanOrEqual(3);
    expect(new Set(examples).size).toBe(examples.length);
    expect(examples.filter((example) => example.includes(path)).length).toBeGreaterThan(0);
  });

  it('begins with an overview on one screen that names every command', () => {
    const overview = pages[0]?.[1].text ?? '';
    expect(linesOf(overview).length).toBeLessThanOrEqual(33);
    expect(overview).toContain('  events list | replay          ');
    const isNamed = (path: string): boolean => {
      const words = path.split(' ').slice(1);
      return overview.includes(`  ${words.join(' ')} `) || overview.includes(` ${words[0]} `);
    };
    expect(leaves.filter(([path]) => !isNamed(path))).toEqual([]);
  });

  it.each(['add', 'remove'])('of %s has what most people need, and says how to see the rest', (name) => {
    const { text } = new Map(pages).get(`dyncamp ${name}`) ?? { text: '' };
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
