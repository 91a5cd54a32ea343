/** The write engine before a server that loses, refuses, half does and delays: no change is lost, and nothing is done that was not. */
import fc from 'fast-check';
import type { CampaignAccess } from '../../../src/campaign/access.ts';
import { writes } from '../../../src/change/write.ts';
import type { Change } from '../../../src/change/write-state.ts';
import { trackCapabilities } from '../../../src/dataverse/capabilities.ts';
import type { Operation, OperationResult } from '../../../src/dataverse/operation.ts';
import { DataverseError, TemporaryError } from '../../../src/errors.ts';
import type { JsonObject } from '../../../src/json.ts';
import { drained } from '../../support/drained.ts';

const LISTS = ['aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000002'] as const;
const PERSON = /b{8}-0000-4000-8000-\d{12}/g;
const MADE_ON = '2026-02-03T04:05:06Z';
const tail = (place: number): string => `0000-4000-8000-${String(place).padStart(12, '0')}`;
const emailOf = (id: string): string => `p${Number(id.slice(-12))}@x.de`;

const DONE: OperationResult = { kind: 'ok', status: 204, headers: {} };
const NOT_RUN: OperationResult = { kind: 'not-run' };
const LOST: OperationResult = { kind: 'unknown', error: new Error('lost') };
const errorOf = (dataverseCode: string, status = 400) => new DataverseError('X', 'no', { status, dataverseCode });
const LOCKED: OperationResult = { kind: 'unknown', error: errorOf('0x80044150', 500) };
const refused = (code: string, status = 400): OperationResult => ({ kind: 'refused', error: errorOf(code, status) });
const rows = (value: JsonObject[]): OperationResult => ({ kind: 'ok', status: 200, headers: {}, body: { value } });

type Kind = Change['kind'];

/** Chance decides what goes wrong; `faults`: of a hundred writes. */
function badServer(kind: Kind, percent: (chance: number) => boolean, pick: (most: number) => number, faults: number) {
  const state = { members: new Map<string, string>(), people: new Set<string>() };
  let stale = state;
  let made = 0;
  let late: (() => void)[] = [];
  const [changed, created] = [new Set<string>(), new Set<string>()];
  const bad = new Set(Array.from({ length: 12 }, (_, place) => `bbbbbbbb-${tail(place)}`).filter(() => percent(10)));
  const isAbsent = percent(15) ? pick(2) : undefined;

  function join(list: string, id: string): string {
    made += 1;
    const row = `cccccccc-${tail(made)}`;
    state.members.set(`${list} ${id}`, row);
    return row;
  }
  function change(list: string, ids: readonly string[]): void {
    for (const id of ids) {
      const isIn = state.members.has(`${list} ${id}`);
      if (!state.people.has(id) || isIn === (kind === 'add')) continue;
      if (kind === 'add') join(list, id);
      else state.members.delete(`${list} ${id}`);
      changed.add(id);
    }
  }
  function create(id: string): OperationResult {
    const fault = percent(faults) ? pick(4) : undefined;
    if (fault === 0) return LOCKED;
    if (fault === 1) return NOT_RUN;
    if (fault === 2) return refused('0x80040265');
    if (state.people.has(id)) return fault === undefined ? refused('0x80040237') : LOST;
    state.people.add(id);
    created.add(id);
    return fault === undefined ? DONE : LOST;
  }
  function write({ path, body }: Operation, mayBeLate: boolean): OperationResult {
    const text = `${path} ${JSON.stringify(body)}`;
    const ids = [...new Set(text.match(PERSON))];
    if (path === 'leads') return create(ids[0] ?? '');
    const list = LISTS.find((each) => text.includes(each)) ?? '';
    const isBulk = path.includes('ListMembersList');
    if (kind === 'remove' && isAbsent === Number(isBulk)) return refused('', 404);
    // Such a call may have done it for some (U3, U8).
    const forSome = (): void => change(list, ids.length > 1 && percent(50) ? ids.filter(() => percent(50)) : []);
    const fault = percent(faults) ? pick(6) : undefined;
    if (fault === 0) return LOCKED;
    if (fault === 1) return NOT_RUN;
    if (fault === 2) forSome();
    if (fault === 2) return refused('0x80040216');
    if (fault === 3) change(list, ids);
    if (fault === 4 && mayBeLate) late.push(() => change(list, ids));
    if (fault !== undefined) return LOST;
    const isRefused = ids.some((id) => bad.has(id) || !state.people.has(id));
    if (isRefused) forSome();
    else change(list, ids);
    return isRefused ? refused('0x80040217') : DONE;
  }
  function read({ path }: Operation): OperationResult {
    const { members, people } = percent(faults / 2) ? stale : state;
    const ids = decodeURIComponent(path).match(PERSON) ?? [];
    if (path.startsWith('leads'))
      return rows(ids.filter((id) => people.has(id)).map((id) => ({ leadid: id, emailaddress1: emailOf(id) })));
    const list = LISTS.find((each) => path.includes(each)) ?? '';
    return rows(
      ids.flatMap((id) => {
        const listmemberid = members.get(`${list} ${id}`);
        const row = { _listid_value: list, _entityid_value: id, createdon: MADE_ON };
        return listmemberid === undefined ? [] : [{ listmemberid, ...row }];
      }),
    );
  }
  async function batch(parts: readonly Operation[]): Promise<OperationResult[]> {
    const due = late;
    late = [];
    for (const land of due) {
      if (percent(50)) land();
      else late.push(land);
    }
    if (percent(faults / 8)) throw new TemporaryError('THROTTLED', 'Dataverse throttles.');
    const hasWrites = parts.some(({ method }) => method !== 'GET');
    const isLost = hasWrites && percent(faults / 4);
    if (isLost && percent(50)) return parts.map(() => LOST);
    stale = { members: new Map(state.members), people: new Set(state.people) };
    // Of a batch that was answered no part runs on.
    const mayBeLate = parts.every(({ path }) => path !== 'leads');
    const results = parts.map((part) => {
      if (part.method !== 'GET') return write(part, mayBeLate);
      return hasWrites && percent(faults / 3) ? LOST : read(part);
    });
    return isLost ? parts.map(() => LOST) : results;
  }
  const isIn = ({ list, person }: Change): boolean => state.members.has(`${list.id} ${person.id}`);
  return { batch, join, isIn, changed, created, people: state.people };
}

it.each(['add', 'remove'] as const)('loses nothing and invents nothing: %s', async (kind) => {
  const luck = fc.infiniteStream(fc.nat(9_999));
  const property = fc.asyncProperty(luck, fc.nat(100), fc.nat(60), async (stream, faults, creations) => {
    const pick = (most: number): number => (stream.next().value ?? 0) % most;
    const percent = (chance: number): boolean => pick(100) < chance;
    const server = badServer(kind, percent, pick, faults);
    const changes = Array.from({ length: 1 + pick(12) }, (_, place): Change & { intentId: number } => {
      const intentId = place;
      const person = { type: 'lead', id: `bbbbbbbb-${tail(place)}`, email: `p${place}@x.de` } as const;
      const list = { id: LISTS[pick(2)] ?? '', name: 'Mkto-leads-c1' };
      const isNew = kind === 'add' && percent(creations);
      if (!isNew) server.people.add(person.id);
      const creation = isNew ? ({ values: {}, duplicateRules: 'honour' } as const) : undefined;
      if (kind === 'add') return { kind, person, list, creation, intentId };
      const row = { listId: list.id, personId: person.id, createdOn: MADE_ON, createdBy: undefined };
      return { kind, person, list, member: { id: server.join(list.id, person.id), ...row }, intentId };
    });
    const writeTurn = async () => ({
      sizes: { members: percent(20) ? 0 : 1 + pick(10), singles: 1 + pick(6) },
      isOneAtATime: percent(50),
      end: () => undefined,
    });
    const clock = { now: () => 0, sleep: async () => undefined };
    const access = { dataverse: { batch: server.batch, writeTurn }, clock, capabilities: trackCapabilities() };
    const { steps, result: end } = await drained(writes(access as unknown as CampaignAccess, changes));
    const { written } = end;
    const known = steps.flat();
    expect(written.map(({ change }) => change)).toEqual(changes);
    expect(known).toHaveLength(new Set(known).size);
    for (const { change, created, mayBeDone, result } of written) {
      const isOpen = result.kind === 'unconfirmed' || mayBeDone;
      const said = { kind: result.kind, created, isOpen };
      // What was changed is reported or stays open; what is reported is so.
      if (server.changed.has(change.person.id))
        expect({ ...said, isLost: result.kind !== 'done' && !isOpen }).toMatchObject({ isLost: false });
      if (result.kind === 'done')
        expect({ ...said, isIn: server.isIn(change) }).toMatchObject({ isIn: kind === 'add' });
      // Where no creator is named, only what may have been our doing is ours (U32).
      if (result.kind === 'done' && kind === 'add') expect(said).toMatchObject({ isOpen: true });
      const isMade = server.created.has(change.person.id);
      if (created) expect(isMade).toBe(true);
      if (isMade && !created) expect(['unconfirmed', 'refused']).toContain(result.kind);
      if (isMade && !created) expect(said).toMatchObject({ isOpen: true });
    }
  });
  await fc.assert(property, { numRuns: 200 });
});
