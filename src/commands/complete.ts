/**
 * `dyncamp __complete -- WORDS`: what the last word may be, asked by the scripts of `dyncamp completion` with the words up to the cursor.
 * Silent whatever goes wrong, and quick or nothing: somebody waits at the prompt.
 */
import type { Command, Option } from 'commander';
import { organizationsWithJournal } from '../journal/journal-files.ts';
import type { Context } from '../run/context.ts';
import { safeText } from '../terminal/safe-text.ts';
import type { ListOption } from './listing.ts';

export function define(command: Command, context: Context): void {
  command
    .argument('[word...]')
    .action((words: readonly string[]) => printCandidates(context, complete(command.parent ?? command, words)));
}

/** What the next word may be: the word and what it is for, divided by a tab where there is something to say. */
export type Candidate = { readonly word: string; readonly description?: string | undefined };

/** What only the journal, the settings or Dynamics know. */
export type Known = 'campaigns' | 'profiles' | 'runs';

/** An empty list: nobody can list such values, and the shell offers files. */
export type Completion = readonly Candidate[] | { readonly known: Known; readonly profile: string | undefined };

/** The completions of the last of these words, which may be empty. Pure. */
export function complete(program: Command, words: readonly string[]): Completion {
  // PowerShell 5 sends a blank for an empty word.
  const word = (words.at(-1) ?? '').trim();
  if (words[0] === 'help' && words.length > 1) return completionOfHelp(program, words.slice(1, -1));
  const { command, positionals, profile, awaitsValue } = placeAfter(program, words.slice(0, -1));
  if (awaitsValue !== undefined) return completionOfValue(awaitsValue, { before: '', typed: word }, profile);
  const [, name, typed = ''] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
  if (name !== undefined) {
    const option = optionNamed(program, command, name);
    return option === undefined ? [] : completionOfValue(option, { before: `${name}=`, typed }, profile);
  }
  if (word.startsWith('-')) return optionWords(program, command);
  const subcommands = visibleCommands(command);
  if (positionals > 0 || subcommands.length === 0) return completionOfArgument(command, positionals, profile);
  return subcommands.map((sub) => ({ word: sub.name(), description: firstLine(sub.description()) }));
}

/** What `dyncamp help` shows pages of: its topics too, which are hidden commands. */
function completionOfHelp(program: Command, path: readonly string[]): Completion {
  const { command } = placeAfter(program, path);
  const names = command.commands.map((sub) => sub.name()).filter((name) => name !== 'help' && !name.startsWith('__'));
  return names.map((word) => ({ word }));
}

type Place = {
  readonly command: Command;
  /** Arguments of the command so far. */
  readonly positionals: number;
  readonly profile: string | undefined;
  /** The option whose value comes next. */
  readonly awaitsValue: Option | undefined;
};

function placeAfter(program: Command, words: readonly string[]): Place {
  let place: Place = { command: program, positionals: 0, profile: undefined, awaitsValue: undefined };
  for (const word of words) place = nextPlace(program, place, word);
  return place;
}

function nextPlace(program: Command, place: Place, word: string): Place {
  const { command, positionals, awaitsValue } = place;
  if (awaitsValue !== undefined)
    return { ...place, awaitsValue: undefined, profile: awaitsValue.long === '--profile' ? word : place.profile };
  if (word.startsWith('--profile=')) return { ...place, profile: word.slice('--profile='.length) };
  if (word.startsWith('-') && word !== '-') {
    const option = optionNamed(program, command, word);
    return option?.required === true || option?.optional === true ? { ...place, awaitsValue: option } : place;
  }
  const sub = visibleCommands(command).find((candidate) => candidate.name() === word);
  return positionals === 0 && sub !== undefined
    ? { ...place, command: sub }
    : { ...place, positionals: positionals + 1 };
}

const KNOWN_ARGUMENTS: Readonly<Record<string, Known>> = { campaign: 'campaigns', run: 'runs', profile: 'profiles' };

function completionOfArgument(command: Command, place: number, profile: string | undefined): Completion {
  const argument = command.registeredArguments[place];
  if (argument?.argChoices !== undefined) return argument.argChoices.map((word) => ({ word }));
  // `profiles show NAME`: its argument is a name of what the group is called for.
  const what = argument?.name() === 'name' && command.name() !== 'add' ? command.parent?.name() : argument?.name();
  const known = KNOWN_ARGUMENTS[(what ?? '').replace(/s$/, '')];
  return known === undefined ? [] : { known, profile };
}

/** `before`: the part of the word before the value. */
function completionOfValue(
  option: ListOption,
  { before, typed }: { readonly before: string; readonly typed: string },
  profile: string | undefined,
): Completion {
  if (option.argChoices !== undefined) return option.argChoices.map((word) => ({ word: before + word }));
  if (option.listed !== undefined) {
    const chosen = typed.split(',').slice(0, -1);
    const left = option.listed.filter((name) => !chosen.includes(name));
    return left.map((name) => ({ word: before + [...chosen, name].join(',') }));
  }
  const known = before === '' ? KNOWN_ARGUMENTS[option.long?.slice('--'.length) ?? ''] : undefined;
  return known === undefined ? [] : { known, profile };
}

const visibleCommands = (command: Command): readonly Command[] => command.createHelp().visibleCommands(command);

const allOptions = (program: Command, command: Command): readonly Option[] => [
  ...(command === program ? [] : command.options),
  ...program.options,
];

const optionNamed = (program: Command, command: Command, word: string): Option | undefined =>
  allOptions(program, command).find(({ short, long }) => word === short || word === long);

function optionWords(program: Command, command: Command): readonly Candidate[] {
  const visible = allOptions(program, command).filter((option) => !option.hidden);
  const words = visible.flatMap(({ short, long, description }) =>
    [short, long].flatMap((word) =>
      word === undefined || word === null ? [] : [{ word, description: firstLine(description) }],
    ),
  );
  return [...words, ...['-h', '--help', '--help-all'].map((word) => ({ word, description: 'show help' }))];
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

const PATIENCE_MS = 2_000;

async function printCandidates(context: Context, completion: Completion): Promise<void> {
  if (!('known' in completion)) return print(context, completion);
  const ended = new AbortController();
  const tooLong = context.clock.sleep(PATIENCE_MS, ended.signal);
  const known = KNOWN[completion.known](context, completion.profile).then((names) => print(context, names));
  await Promise.race([known, tooLong]).catch(() => undefined);
  ended.abort();
  await tooLong.catch(() => undefined);
}

async function print(context: Context, candidates: readonly Candidate[]): Promise<void> {
  // A name that cannot be shown as it is cannot be completed either.
  const lines = candidates
    .filter(({ word }) => safeText(word) === word && !word.includes('\t'))
    .map(({ word, description }) => (description === undefined ? `${word}\n` : `${word}\t${safeText(description)}\n`));
  if (lines.length > 0) await context.terminal.stdout.write(lines.join(''));
}

const KNOWN: Readonly<Record<Known, (context: Context, profile: string | undefined) => Promise<readonly Candidate[]>>> =
  {
    campaigns: namesOfCampaigns,
    profiles: async ({ openProfiles }) => {
      const { EMULATOR_PROFILE } = await import('../settings/settings.ts');
      return [...(await openProfiles()).names(), EMULATOR_PROFILE].map((word) => ({ word }));
    },
    runs: idsOfRuns,
  };

/** Of the campaigns that people can be added to. The shell hides stderr, yet a person pressed the key: the profile in use counts. */
async function namesOfCampaigns(context: Context, profile: string | undefined): Promise<readonly Candidate[]> {
  const { readCampaigns } = await import('../campaign/find.ts');
  const { resolveConnection } = await import('../settings/settings.ts');
  const { env, openProfiles } = context;
  const settings = await resolveConnection({ env, profile, isAttended: true, openProfiles });
  const { dataverse } = await context.openDataverse({ settings });
  const names = new Set<string>();
  for await (const { name, isActive, isTemplate } of readCampaigns(dataverse, undefined))
    if (isActive && !isTemplate) names.add(name);
  return [...names].map((word) => ({ word }));
}

/** Of the organization that the command would work on; where that is not known, of all: `--organization` then says which is meant. */
async function idsOfRuns(context: Context, profile: string | undefined): Promise<readonly Candidate[]> {
  const { resolveConnection } = await import('../settings/settings.ts');
  const { env, openProfiles, stateDirectory } = context;
  const known = organizationsWithJournal(stateDirectory);
  const settings = await resolveConnection({ env, profile, isAttended: true, openProfiles }).catch(() => undefined);
  const wanted = settings?.organizationId?.toLowerCase();
  const found: Candidate[] = [];
  for (const organizationId of wanted !== undefined && known.includes(wanted) ? [wanted] : known) {
    const journal = await context.openJournal(organizationId);
    for (const { id, command, campaignName, startedAt } of journal.runs({ limit: 50 })) {
      const description = `${new Date(startedAt).toISOString().slice(0, 16)}Z ${command} ${campaignName}`;
      found.push({ word: id, description });
    }
  }
  return found;
}
