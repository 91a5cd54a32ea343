/**
 * What an organization may say in place of an answer: each refusal has a name, an exit code and a next step, quotes the server, and whichever
 * request it meets, nothing is taken for a fault of dyncamp's own.
 */
import { randomUUID } from 'node:crypto';
import type { FaultEffect } from '../../src/emulator/faults/fault.ts';
import { exitCodeOf } from '../../src/terminal/exit-codes.ts';
import { makers } from '../support/emulator.ts';
import { byEmail, byId } from './membership/harness.ts';
import { useRigs } from './membership/use-rigs.ts';

const { api, rigWith } = useRigs();
const make = makers(api);

afterEach(() => api.emulator().admin.clearFaults());
const order = (effect: FaultEffect, match: { nth?: number; inBatch: boolean }) =>
  api.emulator().admin.addFaults([{ match, effect }]);

async function situation() {
  const tag = randomUUID().slice(0, 8);
  const [campaign, lead] = [await make.campaign(), await make.lead({ emailaddress1: `known-${tag}@x.example` })];
  const rows = [byEmail(`known-${tag}@x.example`), byId(lead), byEmail(`new-${tag}@x.example`, { lastname: 'New' })];
  return { campaign, rows };
}

/** The error that a run of `add` ends with. */
async function failureOf(adding: Promise<{ fatal: Error | undefined }>): Promise<unknown> {
  try {
    return (await adding).fatal;
  } catch (error) {
    return error;
  }
}

describe('a refusal of everything (U42, U43)', () => {
  it.each([
    ['ip-firewall', 'IP_BLOCKED', 5, 'access to your ip is blocked'],
    ['app-blocked', 'APP_BLOCKED', 5, 'restricted for this application'],
    ['administration-mode', 'ADMINISTRATION_MODE', 69, 'administration mode'],
    ['unlicensed', 'USER_NOT_LICENSED', 69, 'not been assigned any License'],
    ['unavailable', 'ENVIRONMENT_UNAVAILABLE', 75, 'currently disabled'],
    ['no-sales', 'SALES_MISSING', 69, "segment 'campaigns'"],
    ['older-server', 'SERVER_TOO_OLD', 69, 'not implemented'],
    ['on-premises', 'ON_PREMISES', 2, 'on-premises'],
    ['plug-in', 'PLUGIN_REFUSED', 69, 'nine o’clock'],
  ] as const)('is named where it is %s: %s, exit code %d', async (name, code, exit, words) => {
    const { campaign, rows } = await situation();
    order({ kind: 'refusal', name }, { inBatch: false });
    const failure = await failureOf(rigWith().add(campaign, rows));
    expect(failure).toMatchObject({
      code,
      message: expect.stringContaining(words),
      hint: expect.stringMatching(exit === 75 ? /ask the administrator/ : /^(?!.*run the same command again).{20}/is),
    });
    expect(exitCodeOf(failure)).toBe(exit);
  });
});

/** Requests and parts of a first run: who and where, the campaign, its facts, people, the table, the list, the writes, their reads. */
const places = [1, 2, 3, 4, 5, 6];
const parts = [1, 3, 4, 6, 12, 15, 20, 25];

describe('a refusal of one request', () => {
  it.each(places)('number %d is never a fault of dyncamp', async (nth) => {
    for (const name of ['plug-in', 'older-server'] as const) {
      const { campaign, rows } = await situation();
      order({ kind: 'refusal', name }, { inBatch: false, nth });
      const failure = await failureOf(rigWith().add(campaign, rows));
      expect({ name, exit: failure === undefined ? 0 : exitCodeOf(failure) }).not.toEqual({ name, exit: 1 });
      api.emulator().admin.clearFaults();
    }
  });

  it.each(parts)('or of part number %d is not either', async (nth) => {
    for (const [status, code] of [
      [403, '0x80090abc'],
      [404, ''],
      [500, '0x80040224'],
    ] as const) {
      const { campaign, rows } = await situation();
      order({ kind: 'fail-part', status, code, message: 'No.' }, { inBatch: true, nth });
      const failure = await failureOf(rigWith().add(campaign, rows));
      expect({ status, exit: failure === undefined ? 0 : exitCodeOf(failure) }).not.toEqual({ status, exit: 1 });
      api.emulator().admin.clearFaults();
    }
  });
});
