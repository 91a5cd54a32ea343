import { Readable } from 'node:stream';
import fc from 'fast-check';
import { BadByteError, decodeText } from '../../../src/input/encodings.ts';
import { read } from './read-people.ts';

/** Cuts bytes at the given places (taken modulo the length). */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...cuts].map((from, index) => bytes.subarray(from, cuts[index] ?? bytes.length));
}

/** Writes a field as RFC 4180 asks: quoted when it must be, and also when `always` says so. */
function csvField(text: string, delimiter: string, always: boolean): string {
  const quoted = always || text.includes(delimiter) || /["\r\n]/.test(text);
  return quoted ? `"${text.replaceAll('"', '""')}"` : text;
}

const cell = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.string({ unit: fc.constantFrom('"', ',', ';', '\t', '\r', '\n', ' ', 'a', 'ä', '€'), maxLength: 8 }),
);
const places = fc.array(fc.nat(), { maxLength: 12 });

describe('openPeople', () => {
  it('gives back any rows that were written as RFC 4180, with any delimiter, line end, mark and chunks', async () => {
    const rowsOf = fc.array(fc.tuple(cell, cell, fc.boolean()), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        rowsOf,
        fc.constantFrom(',', ';', '\t'),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.record({ mark: fc.boolean(), lastLineEnd: fc.boolean(), places }),
        async (rows, delimiter, lineEnd, { mark, lastLineEnd, places: cuts }) => {
          const written = [['email', 'x', 'y'], ...rows.map(([x, y], index) => [`p${index}@x.example`, x, y])];
          const lines = written.map((fields, index) =>
            fields.map((field) => csvField(field, delimiter, rows[index]?.[2] ?? false)).join(delimiter),
          );
          const text = (mark ? '\uFEFF' : '') + lines.join(lineEnd) + (lastLineEnd ? lineEnd : '');
          const found = await read(cut(Buffer.from(text), cuts));
          expect(found.error).toBeUndefined();
          expect(found.rows.map((row) => [row.columns.email, row.columns.x, row.columns.y])).toEqual(
            // A row with a NUL is refused, but keeps its columns; a lone surrogate cannot be written in UTF-8.
            written.slice(1).map((fields) => fields.map((field) => Buffer.from(field).toString())),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives the same rows, lines and errors however the bytes are cut', async () => {
    const piece = fc.constantFrom(
      ...['email,x\n', 'a@x.example', '3c6ab2f1-0000-4000-8000-00000000000a', '{"email":"b@x.example"}'],
      ...['"', ',', ';', '\n', '\r\n', '\r', ' ', 'ä', '€', '\0', '{', '\uFEFF'],
    );
    const noise = fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes));
    const bytesOf = fc
      .array(
        fc.oneof({ weight: 9, arbitrary: piece.map((text) => Buffer.from(text)) }, { weight: 1, arbitrary: noise }),
      )
      .map((parts) => Buffer.concat(parts));
    await fc.assert(
      fc.asyncProperty(bytesOf, places, async (bytes, cuts) => {
        expect(await read(cut(bytes, cuts))).toEqual(await read([bytes]));
      }),
      { numRuns: 500 },
    );
  });
});

describe('decodeText', () => {
  it.each([[[3]], [[4]], [[1, 2, 5]], [[]]])(
    'counts a byte order mark before the bad byte, cut at %j',
    async (cuts) => {
      const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0xe1, 0x80, 0, 0]);
      const decode = async () => {
        for await (const _ of decodeText(Readable.from(cut(bytes, cuts)), { source: '-' }));
      };
      await expect(decode()).rejects.toMatchObject({ offset: 3, byte: 0xe1 });
    },
  );

  it('gives the text before the first bad byte, and its offset, however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom([0xff], [0xe4, 0x20], [0xc3, 0x41], [0xf0, 0x9f, 0x41], [0xe2, 0x82]),
        places,
        async (text, bad, cuts) => {
          const good = Buffer.from(text.replaceAll('\uFEFF', ''));
          const bytes = Buffer.concat([good, Buffer.from(bad)]);
          let found = '';
          let failure: unknown;
          try {
            for await (const part of decodeText(Readable.from(cut(bytes, cuts)), { source: '-' })) found += part;
          } catch (error) {
            failure = error;
          }
          expect(found).toBe(good.toString());
          expect(failure).toBeInstanceOf(BadByteError);
          expect(failure).toMatchObject({ offset: good.length });
        },
      ),
    );
  });

  it.each([
    ['windows-1252', Buffer.from([0x80, 0xfc]), '€ü'],
    ['shift_jis', Buffer.from([0x93, 0xfa, 0x96, 0x7b]), '日本'],
    ['gb18030', Buffer.from([0x84, 0x31, 0xa4, 0x37, 0x41]), '�A'],
  ])('decodes %s byte by byte', async (encoding, bytes, expected) => {
    let found = '';
    for await (const part of decodeText(Readable.from(Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))), {
      source: '-',
      encoding,
    })) {
      found += part;
    }
    expect(found).toBe(expected);
  });

  it('lets a byte order mark go before the encoding that was named', async () => {
    const parts: string[] = [];
    const given = { source: '-', encoding: 'windows-1252' };
    for await (const part of decodeText(Readable.from([Buffer.from('\uFEFFä')]), given)) parts.push(part);
    expect(parts.join('')).toBe('ä');
  });
});
