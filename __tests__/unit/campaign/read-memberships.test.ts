import type { CampaignAccess } from '../../../src/campaign/access.ts';
import { membershipOperations, readMemberships } from '../../../src/campaign/read-memberships.ts';
import { trackCapabilities } from '../../../src/dataverse/capabilities.ts';
import type { Dataverse, OperationResult, Read } from '../../../src/dataverse/operation.ts';
import { DataverseError } from '../../../src/errors.ts';

const LIST = 'aaaaaaaa-0000-4000-8000-000000000001';
const idOf = (place: number): string => `bbbbbbbb-0000-4000-8000-00000000000${place}`;
const row = (place: number) => ({
  listmemberid: `cccccccc-0000-4000-8000-00000000000${place}`,
  _listid_value: LIST,
  _entityid_value: idOf(place),
  createdon: '2026-02-03T04:05:06Z',
});

/** An organization that refuses every comparison with entityid. */
function access() {
  const asked: string[] = [];
  const refused: OperationResult = {
    kind: 'refused',
    error: new DataverseError('DATAVERSE_REFUSED', 'No.', { status: 400 }),
  };
  const dataverse = {
    batch: async (parts: readonly Read[]) => {
      asked.push(...parts.map(({ path }) => decodeURIComponent(path)));
      return parts.map(() => refused);
    },
    pages: async function* ({ path }: Read) {
      asked.push(decodeURIComponent(path));
      yield [row(1), row(2)];
      yield [row(3)];
    },
  } as Partial<Dataverse>;
  return { access: { dataverse, capabilities: trackCapabilities() } as CampaignAccess, asked };
}

it('asks in other ways while it is refused, last for the whole list, and keeps that for the run (U17)', async () => {
  const { access: organization, asked } = access();
  const people = [idOf(1), idOf(3), idOf(4)];
  const found = await readMemberships(organization, [LIST], people);
  expect(found.map(({ personId }) => personId)).toEqual([idOf(1), idOf(3)]);
  expect(asked).toEqual([
    expect.stringContaining('Microsoft.Dynamics.CRM.In('),
    expect.stringContaining("attribute='entityid' operator='in'"),
    expect.stringContaining(`_entityid_value eq ${idOf(1)} or`),
    expect.stringMatching(/\$filter=_listid_value eq \S+$/),
  ]);
  await readMemberships(organization, [LIST], people);
  expect(asked).toHaveLength(5);
  // Pages cannot stand behind writes.
  expect(membershipOperations(organization, [LIST], people)).toEqual([]);
});
