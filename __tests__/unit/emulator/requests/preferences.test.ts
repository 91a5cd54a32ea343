import { preferenceApplied, readPreferences } from '../../../../src/emulator/requests/wire.ts';

describe('readPreferences', () => {
  it.each([
    [undefined, { returnRepresentation: false, continueOnError: false }],
    ['return=representation', { returnRepresentation: true }],
    ['odata.continue-on-error', { continueOnError: true }],
    ['odata.maxpagesize=50', { maxPageSize: 50 }],
    ['odata.include-annotations="*"', { annotations: ['*'] }],
    ['odata.include-annotations="a.b,c.*"', { annotations: ['a.b', 'c.*'] }],
    ['odata.include-annotations="*",odata.maxpagesize=50', { annotations: ['*'], maxPageSize: 50 }],
    ['return=representation, odata.maxpagesize=2', { returnRepresentation: true, maxPageSize: 2 }],
  ])('reads %s', (header, expected) => {
    expect(readPreferences(header)).toMatchObject(expected);
  });
});

describe('preferenceApplied', () => {
  it('names what was followed, and nothing when nothing was asked', () => {
    expect(preferenceApplied(readPreferences('odata.include-annotations="*",return=representation'))).toBe(
      'return=representation,odata.include-annotations="*"',
    );
    for (const nothing of [undefined, 'odata.maxpagesize=0', 'odata.maxpagesize=-1', 'odata.maxpagesize=many'])
      expect(preferenceApplied(readPreferences(nothing))).toBeUndefined();
  });
});
