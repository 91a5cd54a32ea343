import { openListing } from '../../../src/commands/listing.ts';
import { UsageError } from '../../../src/errors.ts';
import { fakeTerminal } from '../../support/terminal.ts';

const KNOWN = ['name', 'email', 'listId'];
const pipe = fakeTerminal().terminal;
const screen = fakeTerminal({ tty: { stdout: true } }).terminal;

describe('openListing', () => {
  it.each([
    ['a table on a terminal', screen, {}, 'table'],
    ['JSON Lines in a pipe', pipe, {}, 'jsonl'],
    ['what -o names', screen, { output: 'csv' as const }, 'csv'],
    ['JSON with --json', screen, { json: true }, 'json'],
  ])('prints %s', (_what, terminal, options, format) => {
    expect(openListing(terminal, options, KNOWN).shown().format).toBe(format);
    expect(openListing(terminal, options, KNOWN).isTable).toBe(format === 'table');
  });

  it('gives the columns of the command, or all, while none is named', () => {
    const listing = openListing(pipe, {}, KNOWN);
    expect(listing).toMatchObject({ isChosen: false });
    expect(listing.shown(['email'])).toMatchObject({ columns: ['email'], onlyColumns: false });
    expect(listing.shown()).toMatchObject({ columns: KNOWN, onlyColumns: false });
  });

  it('gives what was named, in its order, whatever its case', () => {
    const listing = openListing(pipe, { columns: ['LISTID', 'name'] }, KNOWN);
    expect(listing).toMatchObject({ isChosen: true });
    expect(listing.shown(['email'])).toMatchObject({ columns: ['listId', 'name'], onlyColumns: true });
  });

  it('refuses a name that is none, with the nearest and all there are', () => {
    const open = () => openListing(pipe, { columns: ['emial'] }, KNOWN);
    expect(open).toThrow(UsageError);
    expect(open).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_COLUMN',
        hint: 'Did you mean email? Known columns: name, email, listId.',
      }),
    );
  });
});
