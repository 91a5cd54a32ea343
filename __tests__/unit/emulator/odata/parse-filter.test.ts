import fc from 'fast-check';
import type { Filter, Operand } from '../../../../src/emulator/odata/parse-filter.ts';
import { parseFilter } from '../../../../src/emulator/odata/parse-filter.ts';

const ID = '0C1D2E3F-0000-4000-8000-00000000000A';

function show(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${[filter.kind, ...filter.parts.map(show)].join(' ')})`;
    case 'not':
      return `(not ${show(filter.operand)})`;
    case 'compare':
      return `(${filter.operator} ${showOperand(filter.left)} ${showOperand(filter.right)})`;
    case 'text':
      return `(${filter.name} ${showOperand(filter.path)} ${showOperand(filter.text)})`;
    case 'function':
      return `(${[filter.name, ...[...filter.parameters].map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(' ')})`;
    case 'flag':
      return showOperand(filter.path);
    default:
      return `(${filter.kind} ${showOperand(filter.path)} ${filter.variable ?? '-'} ${filter.predicate ? show(filter.predicate) : '-'})`;
  }
}

function showOperand(operand: Operand): string {
  if (operand.kind === 'path') return operand.segments.join('/');
  return operand.kind === 'null' ? 'null' : `${operand.kind}:${operand.value}`;
}

describe('parseFilter', () => {
  it.each([
    ["name eq 'x'", '(eq name string:x)'],
    ["name eq 'O''Brian'", "(eq name string:O'Brian)"],
    ["name eq ''", '(eq name string:)'],
    ['a eq 1 and b ne 2 or c gt 3', '(or (and (eq a number:1) (ne b number:2)) (gt c number:3))'],
    ['a eq 1 or b eq 2 and c eq 3', '(or (eq a number:1) (and (eq b number:2) (eq c number:3)))'],
    ['(a eq 1 or b eq 2) and c eq 3', '(and (or (eq a number:1) (eq b number:2)) (eq c number:3))'],
    ['not (a eq 1) and b eq 2', '(and (not (eq a number:1)) (eq b number:2))'],
    ["not contains(a,'x')", '(not (contains a string:x))'],
    [`_listid_value eq ${ID}`, `(eq _listid_value guid:${ID.toLowerCase()})`],
    [`_listid_value eq '${ID}'`, `(eq _listid_value string:${ID})`],
    ['a ge -1.5e3', '(ge a number:-1500)'],
    ['a lt 10L', '(lt a number:10)'],
    ['a eq true', '(eq a boolean:true)'],
    ['a eq null', '(eq a null)'],
    ['null ne a', '(ne null a)'],
    ['on le 2026-11-21', '(le on date:2026-11-21)'],
    ['on gt 2026-11-21T10:00:00Z', '(gt on time:2026-11-21T10:00:00Z)'],
    ['on gt 2026-11-21T10:00:00.5+01:00', '(gt on time:2026-11-21T10:00:00.5+01:00)'],
    ["startswith(a/b,'x')", '(startswith a/b string:x)'],
    ['donotemail', 'donotemail'],
    ['list_association/any()', '(any list_association - -)'],
    ['list_association/any(l:l/listid eq 1)', '(any list_association l (eq l/listid number:1))'],
    ['x/all(o:o/a eq 1 or o/b eq 2)', '(all x o (or (eq o/a number:1) (eq o/b number:2)))'],
    [
      'Microsoft.Dynamics.CRM.In(PropertyName=\'a\',PropertyValues=["1","o\'b",")]"])',
      '(In PropertyName="a" PropertyValues=["1","o\'b",")]"])',
    ],
    [
      "Microsoft.Dynamics.CRM.In(PropertyName='a',PropertyValues=['1','2'])",
      '(In PropertyName="a" PropertyValues=["1","2"])',
    ],
    ["Microsoft.Dynamics.CRM.Today(PropertyName='a')", '(Today PropertyName="a")'],
    [
      "Microsoft.Dynamics.CRM.LastXDays(PropertyName='a',PropertyValue=7)",
      '(LastXDays PropertyName="a" PropertyValue="7")',
    ],
  ])('reads %s', (text, expected) => {
    expect(show(parseFilter(text))).toBe(expected);
  });

  it.each([
    ['a eq @p1', { '@p1': "'x'" }, '(eq a string:x)'],
    ['a eq @p1', {}, '(eq a null)'],
    [
      'Microsoft.Dynamics.CRM.In(PropertyName=@p1,PropertyValues=@p2)',
      { '@p1': "'e'", '@p2': '["a@x.de"]' },
      '(In PropertyName="e" PropertyValues=["a@x.de"])',
    ],
  ])('puts aliases in: %s', (text, aliases, expected) => {
    expect(show(parseFilter(text, new Map(Object.entries(aliases))))).toBe(expected);
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
        expect(filter).toEqual({
          kind: 'compare',
          operator: 'eq',
          left: { kind: 'path', segments: ['a'] },
          right: { kind: 'string', value: text },
        });
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
