import fc from 'fast-check';
import {
  addressKey,
  cleanAddress,
  isAddress,
  lookAlikeKey,
  spellings,
  whyUndeliverable,
} from '../../../src/people/identity.ts';

const ANN = 'ann.o-neil@nord.example';

describe('cleanAddress', () => {
  it.each([
    ['a zero-width space behind it', `${ANN}\u{200B}`],
    [
      'a soft hyphen, a bidi mark, a variation selector and a joiner in it',
      'ann\u{AD}.o-\u{200E}neil@n\u{FE0F}or\u{200D}d.example',
    ],
    ['a byte order mark before it', `\u{FEFF}${ANN}`],
    ['white space of every kind around it', `\u{A0}\t\u{3000}${ANN} \u{2028}\u{85}\r\n`],
    ['mailto:', `mailto:${ANN}`],
    ['quotes inside two prefixes', `mailto:mailto:\u{2018}${ANN}\u{2019}`],
    ['MailTo : and a subject', `MailTo : ${ANN}?subject=Hello%20there`],
    ['SMTP:, as Exchange writes it', `SMTP:${ANN}`],
    ['apostrophes', `'${ANN}'`],
    ['typographic quotes', `“${ANN}”`],
    ['German quotes', `„${ANN}“`],
    ['French quotes with blanks', `« ${ANN} »`],
    ['straight quotes within apostrophes', `"'${ANN}'"`],
    ['a quote that is only at the end', `${ANN}"`],
    ['a straight quote that is only at the beginning', `"${ANN}`],
    ['angle brackets', `<${ANN}>`],
    ['a name and angle brackets', `Ann O-Neil <${ANN}>`],
    ['a quoted name with a comma and an @', `"O-Neil, Ann @ work" <${ANN}>`],
    ['the address as its own name, as Outlook writes it', `${ANN}<mailto:${ANN}>`],
    ['brackets around it all', `<"Ann @ work" <${ANN}> >`],
    ['a full stop at its end', `${ANN}.`],
    ['commas, semicolons and full stops at its end', `${ANN};., ;`],
    ['everything at once', ` “Ann <mailto:'${ANN}.\u{200B}'?cc=x> ”;`],
  ])('takes away %s', (_, text) => {
    expect(cleanAddress(text)).toBe(ANN);
  });

  it.each([
    ['case and script', 'Änn@Bücher.Example'],
    ['an apostrophe at the beginning, for it may belong there', "'t.hooft@nord.example"],
    ['the quotes of a quoted local part', '"ann neil"@nord.example'],
    ['apostrophes within', "ann'o'neil@nord.example"],
    ['two addresses', 'ann@nord.example <ben@nord.example>'],
    ['dots that stand together', 'ann..neil@nord..example'],
    ['a plus', 'ann+news@nord.example'],
    ['percent signs', 'ann%40nord.example'],
  ])('leaves %s', (_, text) => {
    expect(cleanAddress(text)).toBe(text);
  });

  it('takes no longer than the text is long', () => {
    const blanks = ' '.repeat(1 << 20);
    expect(cleanAddress(`${blanks}x${blanks}y`)).toBe(`x${blanks}y`);
  });
});

describe('addressKey', () => {
  it.each([
    ['case', 'ANN.O-Neil@NORD.Example', ANN],
    ['composed and decomposed letters', 'a\u0308nn@nord.example', 'änn@nord.example'],
    ['a domain in Unicode and in ASCII form', 'idn@BÜCHER.example', 'idn@xn--bcher-kva.example'],
    ['a domain in full-width letters', 'ann@ｎｏｒｄ。example', 'ann@nord.example'],
    ['ß of a domain', 'ann@straße.example', 'ann@xn--strae-oqa.example'],
  ])('is equal whatever the %s', (_, left, right) => {
    expect(addressKey(left)).toBe(right);
    expect(addressKey(right)).toBe(right);
  });

  it.each([
    ['another apostrophe', 's.o’neill@nord.example', "s.o'neill@nord.example"],
    ['another local part', 'ann@nord.example', 'anna@nord.example'],
    ['a query behind the domain', 'idn@bücher.example?subject=x', 'idn@bücher.example'],
    ['a port behind the domain', 'idn@bücher.example:80', 'idn@bücher.example'],
    ['percent signs in the domain', 'idn@büch%65r.example', 'idn@bücher.example'],
    ['numbers that are no IPv4 address', 'ann@１', 'ann@0.0.0.1'],
  ])('differs with %s', (_, left, right) => {
    expect(addressKey(left)).not.toBe(addressKey(right));
  });
});

describe('lookAlikeKey', () => {
  it.each([
    ['typographic apostrophes', 's.o’neill@nord.example', "s.o'neill@nord.example"],
    ['an acute accent for an apostrophe', 's.o´neill@nord.example', "s.o'neill@nord.example"],
    ['typographic hyphens', 'ann.o‑neil@nord.example', ANN],
    ['an en dash', 'ann.o–neil@nord.example', ANN],
    ['full-width letters', 'ａｎｎ.o-neil@nord.example', ANN],
    ['a full-width @', 'ann.o-neil＠nord.example', ANN],
    ['percent-encoding', 'ann.o-neil%40nord.example', ANN],
    ['percent-encoding twice', 'ann.o-neil%2540nord.example', ANN],
    ['an encoded zero-width space', `${ANN}%E2%80%8B`, ANN],
    ['a ligature', 'ﬁona@nord.example', 'fiona@nord.example'],
  ])('is equal whatever the %s', (_, left, right) => {
    expect(lookAlikeKey(left)).toBe(right);
    expect(lookAlikeKey(right)).toBe(right);
  });

  it('leaves a percent sign that encodes nothing', () => {
    expect(lookAlikeKey('ann%zz@nord.example')).toBe('ann%zz@nord.example');
    expect(lookAlikeKey('ann%ff@nord.example')).toBe('ann%ff@nord.example');
  });
});

describe('spellings', () => {
  it('is the one text that nearly every address is', () => {
    expect(spellings(ANN)).toEqual([ANN]);
  });

  it('has the text as it stood, cleaned and in lower case', () => {
    expect(spellings(" 'Ann@Nord.Example'")).toEqual(
      expect.arrayContaining([" 'Ann@Nord.Example'", 'Ann@Nord.Example', 'ann@nord.example']),
    );
  });

  it('has both forms of the domain', () => {
    for (const text of ['Idn@bücher.example', 'Idn@xn--bcher-kva.example'])
      expect(spellings(text)).toEqual(
        expect.arrayContaining(['idn@bücher.example', 'idn@xn--bcher-kva.example', 'Idn@bücher.example']),
      );
  });

  it('has no other domain for one that is xn-- without need', () => {
    expect(spellings('ann@xn--nord-.example')).toEqual(['ann@xn--nord-.example']);
    expect(spellings('ann@xn--xn--.example')).toEqual(['ann@xn--xn--.example']);
  });

  it('has no IPv4 address for numbers', () => {
    for (const domain of ['１', '１.', 'nord.１。', '\u{FE0F}１', '０x1'])
      expect(spellings(`ann@${domain}`).map(lookAlikeKey)).not.toContain('ann@0.0.0.1');
  });

  it('has both apostrophes', () => {
    for (const text of ["s.o'neill@nord.example", 's.o’neill@nord.example'])
      expect(new Set(spellings(text))).toEqual(new Set(["s.o'neill@nord.example", 's.o’neill@nord.example']));
  });

  it('has the look-alike key', () => {
    expect(spellings('ａnn%40nord.example')).toContain('ann@nord.example');
  });
});

describe('isAddress', () => {
  it.each([
    ANN,
    `“${ANN}”`,
    '"ann neil"@nord.example',
    'ann＠nord.example',
    'ann%40nord.example',
    'ann@x',
    'a..b@x..y',
  ])('takes %s', (text) => {
    expect(isAddress(text)).toBe(true);
  });

  it.each(['', 'ann', '@', 'ann@', '@x', 'a@b@c', 'ann @nord.example', 'a@b, c@d', 'a@b;c@d', 'x <a@b', 'a@b <c@d>'])(
    'does not take "%s"',
    (text) => {
      expect(isAddress(text)).toBe(false);
    },
  );
});

describe('whyUndeliverable', () => {
  it.each([
    ANN,
    "s.o'neill+news_1@nord.example",
    '"ann neil"@nord.example',
    'änn@bücher.example',
    'ann@xn--bcher-kva.example',
    `${'a'.repeat(64)}@nord.example`,
    `ann@${'a'.repeat(63)}.example`,
    'ann@1.2.3.example',
  ])('is nothing for %s', (address) => {
    expect(whyUndeliverable(address)).toBeUndefined();
  });

  it.each([
    ['dots side by side', 'ann..neil@nord.example', /a dot/],
    ['a dot at the beginning', '.ann@nord.example', /a dot/],
    ['a dot before the @', 'ann.@nord.example', /a dot/],
    ['dots side by side in the domain', 'ann@nord..example', /not a domain/],
    ['a dot at the beginning of the domain', 'ann@.nord.example', /not a domain/],
    ['a query behind the domain', 'ann@nord.example?subject=x', /not a domain/],
    ['a domain of one label', 'ann@localhost', /not a full domain/],
    ['a hyphen at an end of a label', 'ann@-nord.example', /not a domain/],
    ['an underscore in the domain', 'ann@no_rd.example', /not a domain/],
    ['an IPv4 address', 'ann@192.168.0.1', /not a domain/],
    ['punycode that is none', 'ann@xn--a.example', /domain/],
    ['a full-width @', 'ann＠nord.example', /no part/],
    ['a blank in the local part', 'ann neil@nord.example', /character/],
    ['a parenthesis', 'ann(x)@nord.example', /character/],
    ['a long local part', `${'a'.repeat(65)}@nord.example`, /longer/],
    ['a local part of long characters', `${'ä'.repeat(33)}@nord.example`, /longer/],
    ['a long label', `ann@${'a'.repeat(64)}.example`, /not a domain/],
    ['a long address', `ann@${'abcdefgh.'.repeat(29)}example`, /longer/],
  ])('says so of %s', (_, address, why) => {
    expect(whyUndeliverable(address)).toMatch(why);
  });
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc
    .array(
      fc.constantFrom(
        ...'aAnäßİς.@@-’\'"`“”„«»<>＜＞%,; \u{200B}\u{AD}\u{FE0F}\u{301}＠ｎ。１',
        '%40',
        '%25',
        '%E2%80%8B',
        'mailto:',
        'xn--',
        'bücher',
        '.example',
      ),
      { maxLength: 14 },
    )
    .map((parts) => parts.join('')),
);

describe('the keys, whatever the text', () => {
  it('are their own keys', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const cleaned = cleanAddress(text);
        const key = addressKey(text);
        const alike = lookAlikeKey(text);
        expect(cleanAddress(cleaned)).toBe(cleaned);
        expect([addressKey(key), addressKey(cleaned)]).toEqual([key, key]);
        expect([lookAlikeKey(alike), lookAlikeKey(key), lookAlikeKey(cleaned)]).toEqual([alike, alike, alike]);
      }),
      { numRuns: 1000 },
    );
  });

  it('are those of a spelling that Dynamics is asked for', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const asked = spellings(text);
        expect(asked).toEqual(expect.arrayContaining([text, cleanAddress(text), lookAlikeKey(text)]));
        expect(new Set(asked.map(lookAlikeKey))).toEqual(new Set([lookAlikeKey(text)]));
      }),
      { numRuns: 1000 },
    );
  });
});
