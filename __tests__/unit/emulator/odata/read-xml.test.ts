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
  ])('refuses %s', (text) => {
    expect(() => readXml(text)).toThrow(
      expect.objectContaining({ status: 400, code: '0x80040303', message: 'Malformed FetchXml.' }),
    );
  });

  it('gives back any text that was escaped', () => {
    const escaped = (text: string): string =>
      text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { attributes, text: read } = readXml(`<a x="${escaped(text)}">${escaped(text)}</a>`);
        expect([attributes.get('x'), read]).toEqual([text, text]);
      }),
    );
  });
});
