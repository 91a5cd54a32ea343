import fc from 'fast-check';
import { parseFilter } from '../../../../src/emulator/odata/parse-filter.ts';

const GUID = '0c1d2e3f-0000-4000-8000-00000000000a';
const MOMENT = '2026-11-21T10:00:00.5+01:00';

const compared = (left: string, kind: string, value?: unknown) => ({
  kind: 'compare',
  operator: 'eq',
  left: { kind: 'path', segments: [left] },
  right: value === undefined ? { kind } : { kind, value },
});

describe('parseFilter', () => {
  it.each([
    ['a GUID, in small letters', `a eq ${GUID.toUpperCase()}`, compared('a', 'guid', GUID)],
    ['a number with an exponent', 'a eq -1.5e3', compared('a', 'number', -1500)],
    ['a number with the suffix of a long', 'a eq 10L', compared('a', 'number', 10)],
    ['a moment with a fraction and an offset', `a eq ${MOMENT}`, compared('a', 'time', MOMENT)],
    ['an alias that is not given as null', 'a eq @p1', compared('a', 'null')],
  ])('reads %s', (_what, text, expected) => {
    expect(parseFilter(text)).toEqual(expected);
  });

  it.each([
    ["name eq 'x", "There is an unterminated string literal at position 10 in 'name eq 'x'."],
    ["name eq 'x' )", "Syntax error at position 12 in 'name eq 'x' )'."],
    ["(name eq 'x'", "Syntax error at position 12 in '(name eq 'x''."],
    ["name EQ 'x'", "Syntax error at position 5 in 'name EQ 'x''."],
    ['', "Syntax error at position 0 in ''."],
    ['a eq #', "Syntax error at position 5 in 'a eq #'."],
    ["'x'", "Syntax error at position 3 in ''x''."],
    [
      "not Microsoft.Dynamics.CRM.Today(PropertyName='a')",
      'Not operator along with the Custom Named Condition operators is not allowed',
    ],
    [
      "Microsoft.Dynamics.CRM.In(PropertyName='a',PropertyValues=['o''b'])",
      "Invalid JSON. A comma character ',' was expected in scope 'Array'. Every two elements in an array and properties of an object must be separated by commas.",
    ],
    ["nosuch(a,'x')", "An unknown function with name 'nosuch' was found."],
    [`${'('.repeat(200)}a eq 1${')'.repeat(200)}`, 'The recursion depth exceeded the allowed limit.'],
  ])('refuses %s', (text, message) => {
    expect(() => parseFilter(text)).toThrow(message);
  });

  it('takes any text as a literal once its quotes are doubled', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const filter = parseFilter(`a eq '${text.replaceAll("'", "''")}'`);
        expect(filter).toEqual(compared('a', 'string', text));
      }),
    );
  });

  it('takes any list of texts as JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (values) => {
        const filter = parseFilter(
          `Microsoft.Dynamics.CRM.In(PropertyName='a',PropertyValues=${JSON.stringify(values)})`,
        );
        expect(filter).toMatchObject({
          name: 'In',
          parameters: new Map<string, unknown>([
            ['PropertyName', 'a'],
            ['PropertyValues', values],
          ]),
        });
      }),
    );
  });

  it('never fails otherwise than with a refusal', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z'()@[\],"/ .0-9:-]{0,30}$/), (text) => {
        let message = '';
        try {
          parseFilter(text);
        } catch (error) {
          message = error instanceof Error ? error.name : 'not an error';
        }
        expect(['', 'ODataError']).toContain(message);
      }),
    );
  });
});
