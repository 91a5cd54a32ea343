/** --exclude: the people of these files are left out. */
import { InputError } from '../errors.ts';
import { lookAlikeKey } from '../people/identity.ts';
import type { InputRow, InvalidRow, PersonRow } from './input-row.ts';
import { openPeople, type PeopleOptions } from './open-people.ts';
import { sourceName } from './source-name.ts';

export type Exclusions = {
  /** By the id, the --match-by value or the e-mail that the row itself has, in whatever spelling could mean the same person. */
  excludesRow(row: PersonRow): boolean;
  /** By a record that a row was matched to: someone excluded by id may have come in by e-mail, and the other way round. */
  excludesRecord(record: { readonly id: string; readonly email?: string | undefined }): boolean;
};

/**
 * Reads the files by the same rules as people. All keys are held in memory (about 100 bytes each). A line that names nobody is an
 * InputError here: passing it over would put someone in who was to be left out.
 */
export async function readExclusions(options: PeopleOptions): Promise<Exclusions> {
  const ids = new Set<string>();
  const alike = new Set<string>();
  const values = new Set<string>();
  const exclude = (row: InputRow): void => {
    if (row.kind === 'invalid') throw badExclusion(row);
    if (row.key.by === 'id') ids.add(row.key.id);
    if (row.key.by === 'column') values.add(row.key.value);
    if (row.email !== '') alike.add(lookAlikeKey(row.email));
  };
  for await (const rows of openPeople(options)) rows.forEach(exclude);
  return {
    excludesRow: ({ key, email }) =>
      (key.by === 'id' && ids.has(key.id)) ||
      (key.by === 'column' && (values.has(key.value) || values.has(key.written ?? key.value))) ||
      (email !== '' && alike.has(lookAlikeKey(email))),
    excludesRecord: ({ id, email = '' }) => ids.has(id) || (email !== '' && alike.has(lookAlikeKey(email))),
  };
}

function badExclusion({ place, message }: InvalidRow): InputError {
  return new InputError('BAD_EXCLUSION', `${sourceName(place.source)}, line ${place.line}: ${message}`, {
    hint: 'Correct or remove the line: dyncamp cannot know whom to leave out.',
  });
}
