/** Where the people of a command come from, decided before anything is opened: arguments, files, stdin. */

import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { checkPeopleOptions, type PeopleOptions } from '../input/open-people.ts';
import { checkFiles } from '../input/source-bytes.ts';
import type { PeopleCommandOptions } from './request.ts';

const STDIN = '-';

export type PeopleSources = { readonly options: PeopleOptions; readonly usesStdin: boolean };

/** Throws UsageError when there is nobody to read, InputError for files that cannot be read. */
export async function peopleSources(
  context: Context,
  people: readonly string[],
  options: PeopleCommandOptions,
  reading: Pick<PeopleOptions, 'signal' | 'refusesEvents' | 'onNotice'>,
): Promise<PeopleSources> {
  const { stdin } = context.terminal;
  const named = options.file ?? [];
  const isNothingNamed = people.length === 0 && named.length === 0 && options.fromList === undefined;
  if (isNothingNamed && stdin.isTTY) {
    throw new UsageError('NO_PEOPLE', 'Nobody was named, and stdin is a terminal.', {
      hint: 'Give ids or e-mail addresses, a file with -f people.csv, a list with --from-list, or pipe them in: `… | dyncamp add CAMPAIGN -`',
    });
  }
  const files = isNothingNamed ? [STDIN] : named;
  const usesStdin = files.includes(STDIN) || people.includes(STDIN);
  const { inputFormat, encoding, map, matchBy, onlyFailed } = options;
  const given: PeopleOptions = {
    people,
    files,
    inputFormat,
    encoding,
    map,
    matchBy,
    onlyFailed,
    ...reading,
    stdin: usesStdin ? stdin.stream() : undefined,
  };
  checkPeopleOptions(given);
  await checkFiles([...files, ...(options.exclude ?? [])].filter((file) => file !== STDIN));
  return { options: given, usesStdin };
}
