/** --exclude: leaves out the people of these files. */
import { InputError } from '../errors.ts';
import { lookAlikeKey } from '../people/identity.ts';
import { type InputRow, type InvalidRow, type PersonRow, sourceName } from './input-row.ts';
import { openPeople, type PeopleOptions } from './open-people.ts';

export type Exclusions = {
  /** By the row's own id, --match-by value or e-mail, in every spelling that may mean the same person. */
  excludesRow(row: PersonRow): boolean;
  /** By the record that a row matched: a person excluded by id may be given by e-mail, and the other way round. */
  excludesRecord(record: { readonly id: string; readonly email?: string | undefined }): boolean;
};

/**
 * Reads the files by the same rules as people. All keys are held in memory (about 100 bytes each). A line without a person is an
 * InputError here: skipping it could add somebody who should be left out.
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
