import {
  AuthenticationError,
  CampaignError,
  DataverseError,
  InputError,
  PrivilegeError,
  SettingsError,
  TemporaryError,
  UsageError,
} from '../../../src/errors.ts';
import { combineExitCodes, exitCodeOf } from '../../../src/terminal/exit-codes.ts';

describe('exitCodeOf', () => {
  it.each([
    ['a usage error', new UsageError('A', 'a'), 2],
    ['settings', new SettingsError('A', 'a'), 2],
    ['a campaign that is not usable', new CampaignError('A', 'a'), 3],
    ['sign-in', new AuthenticationError('A', 'a'), 4],
    ['a missing privilege', new PrivilegeError('A', 'a'), 5],
    ['unreadable input', new InputError('A', 'a'), 65],
    ['a temporary failure', new TemporaryError('A', 'a'), 75],
    ['a refusal by the service', new DataverseError('A', 'a'), 69],
    ['any other error', new TypeError('a'), 1],
    ['something that is no error', 'a', 1],
  ])('gives for %s its code', (_name, error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });
});

describe('combineExitCodes', () => {
  it.each([
    ['nothing', [], 0],
    ['only success', [0, 0], 0],
    ['some people failed and success', [0, 68], 68],
    ['unreadable input before some people failed', [68, 65], 65],
    ['a temporary failure before unreadable input', [65, 75, 68], 75],
    ['an unusable campaign before a temporary failure', [75, 3], 3],
    ['a missing privilege before an unusable campaign', [3, 5], 5],
    ['sign-in before a missing privilege', [5, 4], 4],
    ['a reader who went away before sign-in', [4, 141], 141],
    ['a signal before a reader who went away', [141, 130, 75], 130],
    ['SIGTERM as a signal', [68, 143], 143],
    ['SIGHUP as a signal', [75, 129], 129],
    ['a guard before sign-in', [4, 2], 2],
    ['a fault before a guard', [2, 1], 1],
    ['an unusable campaign before a refusal', [69, 3], 3],
    ['a refusal before what promises that repeating helps', [75, 69], 69],
    ['a fault before what promises that repeating helps', [75, 1], 1],
    ['an unknown code as a fault', [99], 1],
  ])('takes for %s the strongest', (_name, codes, code) => {
    expect(combineExitCodes(codes)).toBe(code);
  });
});
