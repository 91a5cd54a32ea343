/** Reads under any answer: what is not what was asked for is never taken for it, and no page is left out. */
import fc from 'fast-check';
import { classifyResponse } from '../../../src/dataverse/classify.ts';
import { readObject, readRows } from '../../../src/dataverse/reads.ts';
import { answer, connect, json, ORIGIN, part } from './fake-transport.ts';

const LEADS = readRows('leads', 'leadid');
const reader = () => undefined;
const judged = (read: typeof LEADS, body: unknown, status = 200) =>
  classifyResponse(json(status, body), read, reader).kind;

/** Bodies near what a service answers: its names, and anything at all in them. */
const rows = fc.array(
  fc.oneof(fc.record({ leadid: fc.string() }), fc.record({ fullname: fc.string() }), fc.jsonValue()),
  { maxLength: 4 },
);
const bodies = fc.oneof(fc.record({ value: fc.oneof(rows, fc.jsonValue()) }), fc.jsonValue());

const isRow = (row: unknown): boolean =>
  typeof row === 'object' &&
  row !== null &&
  !Array.isArray(row) &&
  'leadid' in row &&
  row.leadid !== '' &&
  row.leadid !== null;

describe('classifyResponse of a read', () => {
  it('takes for rows only rows, all with their key', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const value: unknown = typeof body === 'object' && body !== null && 'value' in body ? body.value : undefined;
        const isError = typeof body === 'object' && body !== null && 'error' in body;
        fc.pre(!isError);
        expect(judged(LEADS, body)).toBe(Array.isArray(value) && value.every(isRow) ? 'ok' : 'unknown');
      }),
      { numRuns: 500 },
    );
  });

  it('takes for a row only one with its key', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        fc.pre(!(typeof body === 'object' && body !== null && 'error' in body));
        expect(judged(readObject('leads(1)', 'leadid'), body)).toBe(isRow(body) ? 'ok' : 'unknown');
      }),
    );
  });

  it('takes no success without a body for an answer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 299 }), fc.stringMatching(/^\s*$/), (status, body) => {
        expect(classifyResponse({ status, headers: {}, body }, LEADS, reader).kind).toBe('unknown');
      }),
    );
  });
});

describe('pages', () => {
  it('are all read, whatever their sizes, alone, in a batch and behind a write', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { minLength: 1, maxLength: 30 }), async (sizes) => {
        let count = 0;
        const bodies = sizes.map((size, place) => {
          const value = Array.from({ length: size }, () => {
            count += 1;
            return { leadid: String(count) };
          });
          const next = { '@odata.nextLink': `${ORIGIN}/api/data/v9.2/leads?$skiptoken=${place}` };
          return place < sizes.length - 1 ? { value, ...next } : { value };
        });
        const all = Array.from({ length: count }, (_, place) => ({ leadid: String(place + 1) }));
        const [first, ...rest] = bodies;
        const singles = rest.map((body) => json(200, body));
        expect((await connect(json(200, first), ...singles).dataverse.read(LEADS)).value).toEqual(all);
        const paged: unknown[] = [];
        for await (const page of connect(json(200, first), ...singles).dataverse.pages(LEADS)) paged.push(...page);
        expect(paged).toEqual(all);
        const write = { method: 'POST', path: 'AddListMembersList', body: {} } as const;
        const behind = connect(answer(200, part(204), part(200, JSON.stringify(first))), ...singles).dataverse;
        expect(await behind.batch([write, LEADS])).toMatchObject([{ kind: 'ok' }, { body: { value: all } }]);
      }),
      { numRuns: 50 },
    );
  });
});
