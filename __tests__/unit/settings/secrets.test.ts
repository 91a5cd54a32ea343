import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeSecret, readSecret } from '../../../src/settings/secrets.ts';

describe('readSecret', () => {
  const directory = mkdtempSync(join(tmpdir(), 'dyncamp-secrets-'));
  const path = join(directory, 'secret');
  afterAll(() => rmSync(directory, { recursive: true }));

  it('reads a variable', () => {
    expect(readSecret({ from: 'env', name: 'S' }, { S: 'x' }, 'the secret')).toBe('x');
  });

  it('reads a file anew each time, without the line end', () => {
    writeFileSync(path, 'first\n');
    expect(readSecret({ from: 'file', path }, {}, 'the secret')).toBe('first');
    writeFileSync(path, 'second\r\n');
    expect(readSecret({ from: 'file', path }, {}, 'the secret')).toBe('second');
  });

  it.each([
    ['a variable that is not set', { from: 'env', name: 'S' } as const, 'SECRET_MISSING', 'S'],
    ['an absent file', { from: 'file', path: '/nowhere/secret' } as const, 'SECRET_UNREADABLE', '/nowhere/secret'],
  ])('names %s', (_name, source, code, where) => {
    expect(() => readSecret(source, {}, 'the client secret')).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(where) }),
    );
  });

  it('refuses an empty file', () => {
    writeFileSync(path, '\n');
    expect(() => readSecret({ from: 'file', path }, {}, 'the secret')).toThrow(
      expect.objectContaining({ code: 'SECRET_MISSING' }),
    );
  });
});

describe('describeSecret', () => {
  it('says where a stored secret is, never what it is', () => {
    expect(describeSecret({ from: 'stored', secret: 'hunter2' })).toBe('stored in the settings file');
  });
});
