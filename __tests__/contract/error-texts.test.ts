/** Every error that the emulator can give: its code and text stand in Microsoft's table, or in the list below with what they rest on. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ODataError, refuse } from '../../src/emulator/errors/errors.ts';
import { ERROR_BASES } from '../support/error-bases.ts';

const SOURCES = join(__dirname, '../../src/emulator');
const published = new Map<string, string>(
  Object.entries<[string, string]>(JSON.parse(readFileSync(join(SOURCES, 'errors/error-codes.data.json'), 'utf8'))).map(
    ([code, [, text]]) => [code.toLowerCase(), text],
  ),
);

/** Stands for any argument: every property is the same again, as text it is `x`. */
const ANY: unknown = new Proxy(
  {},
  {
    get: (_target, name) => (name === Symbol.toPrimitive || name === 'toString' ? () => 'x' : ANY),
  },
);

const LIMITS = { requests: 6000, executionTimeMs: 1_200_000, concurrency: 52, windowSeconds: 300 };

function emitted(): [string, ODataError][] {
  // U34: idTaken is given the code, and the texts are those of the other refusals of a taken id.
  const { throttled, idTaken, ...others } = refuse;
  const made = Object.entries(others).map(([name, make]): [string, unknown] => [
    name,
    Reflect.apply(make, undefined, [ANY, ANY, ANY, ANY]),
  ]);
  const kinds = (['requests', 'time', 'concurrency'] as const).map((kind): [string, unknown] => [
    `throttled ${kind}`,
    throttled(kind, LIMITS, 1),
  ]);
  const taken: [string, unknown] = ['idTaken', idTaken('0x80040237', refuse.duplicateKey().message)];
  return [...made, ...kinds, taken].filter((entry): entry is [string, ODataError] => entry[1] instanceof ODataError);
}

/** Codes of those that take the text alone. */
const BY_TEXT = new Map([
  ['badQuery', '0x80060888'],
  ['odataException', '0x80048d19'],
  ['payloadError', '0x80048d19'],
]);
const LITERAL = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`/.source;
const CALL = new RegExp(String.raw`\brefuse\.(${[...BY_TEXT.keys()].join('|')})\(\s*(?:'',\s*)?(?:${LITERAL})`, 'g');

/** What is written in the sources beside the table, with `x` for what is filled in. */
function written(): [string, string, string][] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return files.flatMap((file) => {
    const source = readFileSync(join(SOURCES, file), 'utf8');
    return [...source.matchAll(CALL)].map(([, by = '', single, double, template]): [string, string, string] => {
      const text = single ?? double ?? (template ?? '').replace(/\$\{[^}]*\}/g, 'x');
      return [file, BY_TEXT.get(by) ?? '', text];
    });
  });
}

/** The payload errors stand behind a preamble. */
const PREAMBLE = /^Error identified in Payload provided by the user for Entity :'\w*' {2}----> InnerException : /;
const basisOf = new Map(
  ERROR_BASES.flatMap(({ basis, texts }) =>
    Object.entries(texts).flatMap(([code, each]) => each.map((text) => [`${code} ${text}`, basis] as const)),
  ),
);

function isNamed(code: string, text: string): boolean {
  if (published.get(code.toLowerCase()) === text) return true;
  const inner = text.replace(PREAMBLE, '').replace(/^Microsoft\.OData\.ODataException: /, '');
  return [text, inner].some((each) => basisOf.has(`${code} ${each}`));
}

describe('errors of the emulator', () => {
  it.each(emitted().map(([name, { code, message }]) => [name, code, message] as const))(
    '%s: %s %s',
    (_, code, text) => {
      expect({ code, text, isNamed: isNamed(code, text) }).toEqual({ code, text, isNamed: true });
    },
  );

  it.each(written())('%s: %s %s', (_file, code, text) => {
    expect({ code, text, isNamed: isNamed(code, text) }).toEqual({ code, text, isNamed: true });
  });

  it('knows of no text that is never given', () => {
    const given = [
      ...emitted().map(([, { code, message }]) => `${code} ${message}`),
      ...written().map(([, ...rest]) => rest.join(' ')),
    ];
    const inner = (text: string) =>
      text
        .replace(/^(\S*) Error identified.*?InnerException : /, '$1 ')
        .replace('Microsoft.OData.ODataException: ', '');
    const all = new Set(given.flatMap((text) => [text, inner(text)]));
    expect([...basisOf.keys()].filter((text) => !all.has(text))).toEqual([]);
  });
});
