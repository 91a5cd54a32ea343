import { compileCachePlace } from '../../src/compile-cache.ts';

describe('compileCachePlace', () => {
  it.each([
    ['the user’s cache', { HOME: '/home/kim' }, { folder: '/home/kim/.cache/dyncamp' }],
    [
      'another cache, where one is named',
      { HOME: '/home/kim', XDG_CACHE_HOME: '/cache' },
      { folder: '/cache/dyncamp' },
    ],
    [
      'the user’s, where another is not absolute',
      { HOME: '/home/kim', XDG_CACHE_HOME: 'x' },
      { folder: '/home/kim/.cache/dyncamp' },
    ],
    ['nowhere, where there is no home', { HOME: '' }, 'none'],
  ])('is %s', (_name, env, place) => {
    expect(compileCachePlace(env, 'linux')).toEqual(place);
  });

  it.each(['darwin', 'win32'] as const)(
    'is Node’s own on %s, where each user has a folder for temporary files',
    (platform) => {
      expect(compileCachePlace({ HOME: '/home/kim' }, platform)).toBe('of-node');
    },
  );
});
