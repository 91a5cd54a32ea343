// Pages of docs/commands/ from the command tree: what --help says, in Markdown. Pure but for the text that commander writes.
import { loadProgram } from './load-program.mjs';

const NOTE = '<!-- Made by scripts/docs.mjs from src/commands: change it there. -->';

/** `campaigns list` → `campaigns-list.md`. */
export const pageName = (path) => `${path.replaceAll(' ', '-')}.md`;

/** File name → text, for the folder docs/commands. */
export async function commandPages() {
  const written = [];
  const program = await loadProgram((text) => written.push(text));
  const commands = leavesOf(program, []).map(({ command, words }) => ({
    command,
    path: words.join(' '),
    after: afterHelp(command, written),
  }));
  const pages = commands.map((each) => [pageName(each.path), commandPage(each)]);
  return new Map([['README.md', indexPage(program, commands)], ...pages]);
}

/** Commands that do something, in the order of the help; hidden ones and the groups are none of them. */
function leavesOf(command, words) {
  const visible = command.createHelp().visibleCommands(command);
  return command.commands
    .filter((sub) => visible.includes(sub))
    .flatMap((sub) => {
      const path = [...words, sub.name()];
      return sub.commands.length > 0 ? leavesOf(sub, path) : [{ command: sub, words: path }];
    });
}

/** What addHelpText('after') gave: the prose, and the lines under "Example(s):". */
function afterHelp(command, written) {
  written.length = 0;
  command.outputHelp();
  const after = written.join('').slice(command.helpInformation().length);
  const [prose = '', examples = ''] = after.split(/^Examples?:\n/m);
  return { prose: prose.trim(), examples: unindented(examples) };
}

const unindented = (text) => text.trimEnd().replace(/^ {2}/gm, '');

function commandPage({ command, path, after }) {
  const help = command.createHelp();
  return join([
    `# dyncamp ${path}`,
    NOTE,
    `${sentence(command.description())}`,
    fenced('', help.commandUsage(command)),
    inMarkdown(after.prose),
    table(
      'Arguments',
      'argument',
      command.registeredArguments.map((each) => [help.argumentTerm(each), help.argumentDescription(each)]),
    ),
    optionTable('Options', help, ownOptions(command, help)),
    '## Examples',
    fenced('console', after.examples),
    `Options of every command: [all commands](README.md#options-of-every-command). Exit codes: [errors](../errors.md#exit-codes).`,
  ]);
}

function indexPage(program, commands) {
  const help = program.createHelp();
  const rows = commands.map(({ command, path }) => [`[${path}](${pageName(path)})`, command.description()]);
  return join([
    '# Commands',
    NOTE,
    `| command | what it does |\n|---|---|\n${rows.map(row).join('\n')}`,
    optionTable('Options of every command', help, program.options),
    'They may stand before or after the command. `dyncamp COMMAND --help` says what these pages say.',
  ]);
}

const ownOptions = (command, help) => help.visibleOptions(command).filter(({ long }) => long !== '--help');

const optionTable = (title, help, options) =>
  table(
    title,
    'option',
    options.map((option) => [help.optionTerm(option), help.optionDescription(option)]),
  );

const table = (title, what, rows) =>
  rows.length === 0
    ? ''
    : `## ${title}\n\n| ${what} | what it does |\n|---|---|\n${rows.map(([term, text]) => row([`\`${term.replaceAll('|', '\\|')}\``, text])).join('\n')}`;

const row = ([first, second]) => `| ${first} | ${second.replaceAll('|', '\\|').replaceAll('<', '&lt;')} |`;

const fenced = (language, text) => `\`\`\`${language}\n${text}\n\`\`\``;

const sentence = (text) => (text.endsWith('.') ? text : `${text}.`);

/** Indented lines of a help text are code; the rest is prose as it stands. */
const inMarkdown = (prose) => prose.replaceAll('<', '&lt;');

const join = (parts) => `${parts.filter((part) => part !== '').join('\n\n')}\n`;
