import type { CampaignAccess } from '../../../src/campaign/access.ts';
import { writes, writeWithoutIntents } from '../../../src/change/write.ts';
import type { Addition } from '../../../src/change/write-state.ts';
import { trackCapabilities } from '../../../src/dataverse/capabilities.ts';
import type { BatchPart, Dataverse, OperationResult } from '../../../src/dataverse/operation.ts';
import { DataverseError, TemporaryError } from '../../../src/errors.ts';
import type { JsonObject } from '../../../src/json.ts';
import { drained } from '../../support/drained.ts';

const LIST = 'aaaaaaaa-0000-4000-8000-000000000001';
const idOf = (place: number): string => `bbbbbbbb-0000-4000-8000-00000000000${place}`;
const addition = (place: number): Addition => ({
  kind: 'add',
  person: { type: 'lead', id: idOf(place), email: `p${place}@x.de` },
  list: { id: LIST, name: 'Mkto-leads-c1' },
  creation: undefined,
});

const intended = (place: number) => ({ ...addition(place), intentId: place });

const ok = (body?: JsonObject): OperationResult => ({
  kind: 'ok',
  status: body ? 200 : 204,
  headers: {},
  ...(body && { body }),
});
const row = (place: number): JsonObject => ({
  listmemberid: `cccccccc-0000-4000-8000-00000000000${place}`,
  _listid_value: LIST,
  _entityid_value: idOf(place),
  createdon: '2026-02-03T04:05:06Z',
});

/** A server that answers request after request with what the test says, and remembers whom each write named. */
function accessTo(
  answers: readonly (readonly OperationResult[] | Error)[],
  {
    isOneAtATime = false,
    members = 250,
    turns = 0,
  }: {
    readonly isOneAtATime?: boolean;
    readonly members?: number;
    /** Turns that the wait budget allows in which the server only says that it is busy. */
    readonly turns?: number;
  } = {},
) {
  const named: string[][] = [];
  const events: string[] = [];
  let request = 0;
  const batch = async (parts: readonly BatchPart[]): Promise<OperationResult[]> => {
    events.push(`${parts.length} parts`);
    named.push(
      parts.flatMap((part) =>
        [...JSON.stringify('body' in part ? part.body : {}).matchAll(/b{8}\S{27}(\d)/g)].map((match) => match[1] ?? ''),
      ),
    );
    const results = answers[request] ?? [];
    request += 1;
    if (results instanceof Error) throw results;
    return [...results];
  };
  const waits: number[] = [];
  const clock = { now: () => 0, sleep: async (ms: number) => void waits.push(ms) };
  const sizes = { members, singles: 100 };
  const writeTurn = async () => ({ sizes, isOneAtATime, end: () => void events.push('end of turn') });
  const startAttempts = () => async (_: unknown, cause: unknown) => {
    if (request < turns) return true;
    throw new TemporaryError('SERVER_BUSY', String(Object(cause).message));
  };
  const dataverse = { batch, writeTurn, startAttempts } as Partial<Dataverse>;
  const access = { dataverse, clock, capabilities: trackCapabilities() } as Partial<CampaignAccess>;
  return { access: access as CampaignAccess, named, waits, events };
}

describe('writeWithoutIntents', () => {
  it('gives a result for each change, in their order', async () => {
    const { access } = accessTo([[ok(), ok({ value: [row(2), row(1)] })]]);
    const { written } = await writeWithoutIntents(access, [addition(1), addition(2)]);
    expect(written.map(({ change, result }) => [change.person.id, result.kind])).toEqual([
      [idOf(1), 'done'],
      [idOf(2), 'done'],
    ]);
  });

  it('sends again only who is open, later and later', async () => {
    const lost: OperationResult = { kind: 'unknown', error: new Error('lost') };
    const { access, named, waits } = accessTo([
      [lost, ok({ value: [row(1)] })],
      [lost, ok({ value: [] })],
      [ok(), ok({ value: [row(2)] })],
    ]);
    const { steps, result } = await drained(writes(access, [intended(1), intended(2)]));
    expect(named.map((people) => people.join(''))).toEqual(['12', '2', '2']);
    // Each is yielded after the request that showed it.
    expect(steps.map((known) => known.map(({ person }) => person.email))).toEqual([['p1@x.de'], [], ['p2@x.de']]);
    expect(result.written.every((each) => each.result.kind === 'done')).toBe(true);
    // Before each repetition, and after each lost answer before the read.
    expect(waits).toEqual([1000, 300, 2000, 1000]);
  });

  it('reads after its turn where a list takes one write at a time, so that the next one need not wait for it', async () => {
    const { access, events } = accessTo([[ok()], [ok({ value: [row(1), row(2)] })]], { isOneAtATime: true });
    const { written } = await writeWithoutIntents(access, [addition(1), addition(2)]);
    expect(written.map(({ result }) => result.kind)).toEqual(['done', 'done']);
    expect(events).toEqual(['1 parts', 'end of turn', '1 parts']);
  });

  it('sends everybody alone where no call for many is done, and whom it creates in the request after that', async () => {
    const creation = { values: { lastname: 'X' }, duplicateRules: 'honour' } as const;
    const { access, named, events } = accessTo(
      [
        [ok(), ok(), ok(), ok({ value: [row(1), row(2)] }), ok({ value: [] })],
        [ok(), ok({ value: [row(3)] })],
      ],
      { members: 0 },
    );
    const changes = [addition(1), addition(2), { ...addition(3), creation }];
    const { written } = await writeWithoutIntents(access, changes);
    expect(written.map(({ result, created }) => [result.kind, created])).toEqual([
      ['done', false],
      ['done', false],
      ['done', true],
    ]);
    expect(named.map((people) => people.join(''))).toEqual(['123', '3']);
    expect(events).toEqual(['5 parts', 'end of turn', '2 parts', 'end of turn']);
  });

  it('leaves open whom a refused call for several may have put in, where the read that would show it fails', async () => {
    const refused = new DataverseError('X', 'no', { status: 400, dataverseCode: '0x80040217' });
    const throttled = new TemporaryError('THROTTLED', 'Dataverse throttles.');
    const answers = [[{ kind: 'refused', error: refused }], throttled] as const;
    const several = await writeWithoutIntents(accessTo(answers, { isOneAtATime: true }).access, [
      addition(1),
      addition(2),
    ]);
    expect(several.written.map(({ result }) => result.kind)).toEqual(['unconfirmed', 'unconfirmed']);
    const alone = await writeWithoutIntents(accessTo(answers, { isOneAtATime: true }).access, [addition(1)]);
    expect(alone.written.map(({ result }) => result.kind)).toEqual(['not-reached']);
  });

  it.each([
    ['only puts them off, so that nobody runs out of tries', 429, 'not-run', 'not-reached'],
    ['says that it is busy, and may have done it', 503, 'unknown', 'unconfirmed'],
  ] as const)('sends people again until the wait is over where the service %s', async (_, status, kind, ended) => {
    const creation = { values: { lastname: 'X' }, duplicateRules: 'honour' } as const;
    const error = new DataverseError('X', 'Not now.', { status });
    const absent = new DataverseError('X', 'no', { status: 404, dataverseCode: '0x80040217' });
    const turn = [{ kind, error }, { kind: 'refused', error: absent }, ok({ value: [] }), ok({ value: [] })] as const;
    const { access, named } = accessTo(Array(12).fill(turn), { turns: 10 });
    const { written, fatal } = await writeWithoutIntents(access, [{ ...addition(1), creation }]);
    expect(fatal).toMatchObject({ code: 'SERVER_BUSY', message: 'Not now.' });
    expect(named).toHaveLength(10);
    expect(written.map(({ result }) => result.kind)).toEqual([ended]);
  });

  it('keeps what was not sent as not reached when the list refuses', async () => {
    const locked: OperationResult = {
      kind: 'refused',
      error: new DataverseError('X', 'no', {
        status: 400,
        dataverseCode: '0x80040302',
      }),
    };
    const { access } = accessTo([[locked, ok({ value: [] })]]);
    const { written, fatal } = await writeWithoutIntents(access, [addition(1)]);
    expect(fatal).toMatchObject({ code: 'LIST_LOCKED' });
    expect(written.map(({ result }) => result.kind)).toEqual(['not-reached']);
  });
});
