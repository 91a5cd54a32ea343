import { uuidV5 } from '../../../src/campaign/ids.ts';

const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

describe('uuidV5', () => {
  it.each([
    // RFC 9562, appendix A.4.
    [DNS, 'www.example.com', '2ed6657d-e927-568b-95e1-2665a8aea6a2'],
    // Python's uuid module, as documented there.
    [DNS, 'python.org', '886313e1-3b8a-5372-9b90-0c9aee199e5d'],
    ['6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'http://www.example.com/', 'fcde3c85-2270-590f-9e7c-ee003d65e0e2'],
  ])('gives in %s for %s %s', (namespace, name, expected) => {
    expect(uuidV5(namespace)(name)).toBe(expected);
  });

  it('takes the namespace in any spelling', () => {
    expect(uuidV5(`{${DNS.toUpperCase()}}`)('www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('refuses a namespace that is no GUID', () => {
    expect(() => uuidV5('dns')).toThrow(TypeError);
  });
});
