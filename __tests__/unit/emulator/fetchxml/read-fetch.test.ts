import { readXml, type XmlElement } from '../../../../src/emulator/fetchxml/read-fetch.ts';

function show({ name, attributes, children, text }: XmlElement): string {
  const pairs = [...attributes].map(([key, value]) => ` ${key}=${value}`).join('');
  return `(${name}${pairs}${text.trim() === '' ? '' : ` "${text}"`}${children.map((child) => ` ${show(child)}`).join('')})`;
}

describe('readXml', () => {
  it.each([
    ['<?xml version="1.0"?><!-- <b> --><a x="1" y=\'2\'><b /><c>t</c></a>\n', '(a x=1 y=2 (b) (c "t"))'],
    ['<a x="&lt;&gt;&amp;&quot;&apos;&#228;&#xE4;"/>', '(a x=<>&"\'ää)'],
    ['<a>1 &lt; 2<![CDATA[ <b> & ]]></a>', '(a "1 < 2 <b> & ")'],
  ])('reads %s', (text, expected) => {
    expect(show(readXml(text))).toBe(expected);
  });

  it.each([
    '',
    '<a></b>',
    '<a/><b/>',
    '<a>&nosuch;</a>',
    '<!DOCTYPE a><a/>',
    `${'<a>'.repeat(101)}${'</a>'.repeat(101)}`,
  ])('refuses %s', (text) => {
    expect(() => readXml(text)).toThrow(
      expect.objectContaining({ status: 400, code: '0x80040303', message: 'Malformed FetchXml.' }),
    );
  });
});
