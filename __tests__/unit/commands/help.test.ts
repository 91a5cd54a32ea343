/** What every command's help has in common. The texts themselves are reviewed as pages in docs/commands/. */
import type { Command } from 'commander';
import { readGlobalOptions } from '../../../src/cli/global-options.ts';
import { addCommands, createProgram } from '../../../src/cli/program.ts';
import { openContext } from '../../../src/run/context.ts';

type Page = { readonly path: string; readonly text: string; readonly isGroup: boolean };

function helpPages(): readonly Page[] {
  const written: string[] = [];
  const program = createProgram({ write: (text) => written.push(text) });
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

const pages = helpPages().map((page) => [page.path, page] as const);
const leaves = pages.filter(([, { isGroup }]) => !isGroup);

/** `$ dyncamp …` or `PS> dyncamp …`; a line that goes on with a backslash is one example. */
const examplesOf = (text: string): readonly string[] =>
  (text.split(/^Examples:\n/m)[1] ?? '').split('\n').filter((line) => /^ {2}(\$|PS>) /.test(line));

describe('the help', () => {
  it('is there for every command', () => {
    expect(leaves.length).toBeGreaterThan(15);
    expect(leaves.map(([path]) => path)).toContain('dyncamp campaigns list');
  });

  it.each(pages)('of %s fits 80 columns', (_path, { text }) => {
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it.each(leaves)('of %s has three examples of the command itself, each another', (path, { text }) => {
    const examples = examplesOf(text);
    expect(examples.length).toBeGreaterThanOrEqual(3);
    expect(new Set(examples).size).toBe(examples.length);
    expect(examples.filter((example) => example.includes(path)).length).toBeGreaterThan(0);
  });
});
