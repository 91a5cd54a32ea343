import fc from 'fast-check';
import { readXml, type XmlElement } from '../../../../src/emulator/fetchxml/read-xml.ts';

function show({ name, attributes, children, text }: XmlElement): string {
  const pairs = [...attributes].map(([key, value]) => ` ${key}=${value}`).join('');
  return `(${name}${pairs}${text.trim() === '' ? '' : ` "${text}"`}${children.map((child) => ` ${show(child)}`).join('')})`;
}

describe('readXml', () => {
  it.each([
    ['<a/>', '(a)'],
    ['<?xml version="1.0"?><!-- <b> --><a x="1" y=\'2\'><b /><c>t</c></a>\n', '(a x=1 y=2 (b) (c "t"))'],
    ['<a x="&lt;&gt;&amp;&quot;&apos;&#228;&#xE4;"/>', '(a x=<>&"\'ää)'],
    ['<a>1 &lt; 2<![CDATA[ <b> & ]]></a>', '(a "1 < 2 <b> & ")'],
    ['<link-entity link-type="outer"></link-entity>', '(link-entity link-type=outer)'],
  ])('reads %s', (text, expected) => {
    expect(show(readXml(text))).toBe(expected);
  });

  it.each([
    '',
    'text',
    '<a>',
    '<a></b>',
    '<a/><b/>',
    '<a x=1/>',
    '<a x="1" x="2"/>',
    '<a>&nosuch;</a>',
    '<a>a & b</a>',
    '<a x="<"/>',
    '</a>',
    '<a><b></a></b>',
    '<!DOCTYPE a><a/>',
    '<a/>t',
    '<a>&#0;</a>',
    '<a>\u0001</a>',
    `${'<a>'.repeat(101)}${'</a>'.repeat(101)}`,
  ])('refuses %s', (text) => {
    expect(() => readXml(text)).toThrow(
      expect.objectContaining({ status: 400, code: '0x80040303', message: 'Malformed FetchXml.' }),
    );
  });

  it('gives back any text that was escaped', () => {
    // XML has no way to say these; line ends and tabs are kept as references only.
    const sayable = (text: string): string =>
      text.replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
    const escaped = (text: string): string => text.replace(/[&<>"\t\n\r]/g, (each) => `&#${each.charCodeAt(0)};`);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }).map(sayable), (text) => {
        const { attributes, text: read } = readXml(`<a x="${escaped(text)}">${escaped(text)}</a>`);
        expect([attributes.get('x'), read]).toEqual([text, text]);
      }),
    );
  });
});
