import { redirectError } from '../../../src/transport/undici-send.ts';
import { get, response } from './scripted-send.ts';

describe('redirectError', () => {
  it.each([
    [302, 'https://login.microsoftonline.com/x?state=secret', / to https:\/\/login\.microsoftonline\.com;/],
    [301, '/elsewhere', /with a redirect; it was not followed/],
    [308, undefined, /with a redirect; it was not followed/],
  ])('makes %s to %s an error that names the other origin', (status, location, message) => {
    const headers: Record<string, string> = location === undefined ? {} : { location };
    const error = redirectError(get(), response(status, { headers }));
    expect(error?.message).toMatch(message);
    expect(error?.message).not.toContain('secret');
  });

  it.each([200, 204, 400, 404, 503])('lets %s pass', (status) => {
    expect(redirectError(get(), response(status))).toBeUndefined();
  });
});
