/**
 * Whether an addition is ours, which Dynamics may not show (U32): a membership row may name as its creator the caller, SYSTEM, one user for all
 * rows of the organization, or nobody.
 */
import type { UserNames } from '../campaign/user-names.ts';
import { compare, odataGuid, query } from '../dataverse/odata-query.ts';
import type { Dataverse } from '../dataverse/operation.ts';
import { readRows, rowsOf } from '../dataverse/reads.ts';
import type { ListMember } from '../dataverse/wire.ts';

type Said = 'us' | 'other' | 'nothing';

export type Creators = {
  /** Finds out what these rows' creators say. Throws where Dynamics gives no answer. */
  learn(members: Iterable<Pick<ListMember, 'createdBy'>>): Promise<void>;
  /** Undefined for a creator that was never learned. */
  says(member: Pick<ListMember, 'createdBy'>): Said | undefined;
  /** For an organization where creators do not show who asked for a row. */
  warning(): readonly string[];
};

/** "System and application users": the platform's own user has this name in every language. */
const SYSTEM = 'SYSTEM';

const NOBODY = '';

type CreatorOptions = {
  readonly dataverse: Dataverse;
  readonly userId: string;
  /** Earlier application users, and Marketo's: their rows count as made by others. Upper or lower case. */
  readonly flowUsers: readonly string[];
  readonly userNames: UserNames;
};

export function trackCreators({ dataverse, userId, flowUsers, userNames }: CreatorOptions): Creators {
  const others = new Set(flowUsers.map((id) => id.toLowerCase()));
  const asked = new Map<string, Promise<Said>>();
  const said = new Map<string, Said>([[userId, 'us']]);
  let onlyCreator: Promise<boolean> | undefined;
  let silent: string | undefined;
  let names: ReadonlyMap<string, string> = new Map();

  const ask = async (id: string, read: Promise<ReadonlyMap<string, string>>): Promise<Said> => {
    names = await read;
    if (names.get(id) === SYSTEM) return 'nothing';
    // With a second creator, neither is the one that all rows name.
    if (others.has(id) || onlyCreator !== undefined) return 'other';
    onlyCreator = isOnlyCreator(dataverse, id);
    return (await onlyCreator) ? 'nothing' : 'other';
  };

  return {
    async learn(members) {
      const unknown = new Set([...members].flatMap(({ createdBy = userId }) => (said.has(createdBy) ? [] : createdBy)));
      // Batches in flight meet the same creators: the second one waits for the answer to the first.
      const fresh = [...unknown].filter((id) => !asked.has(id));
      const read = fresh.length === 0 ? Promise.resolve(names) : userNames(fresh);
      for (const id of fresh) asked.set(id, ask(id, read));
      const answers = await Promise.all(
        [...unknown].map(async (id) => [id, (await asked.get(id)) ?? 'other'] as const),
      );
      for (const [id, answer] of answers) said.set(id, answer);
    },
    says({ createdBy }) {
      const says = createdBy === undefined ? 'nothing' : said.get(createdBy);
      if (says === 'nothing') silent ??= createdBy ?? NOBODY;
      return says;
    },
    warning() {
      if (silent === undefined) return [];
      const who =
        silent === NOBODY
          ? 'does not say who added a person'
          : `names ${names.get(silent) ?? `user ${silent}`}, whoever added a person`;
      return [
        `This organization ${who}. dyncamp knows whom it added by this machine's journal: remove, apply and events replay --from-server leave out everybody else, unless --added-by names them.`,
      ];
    },
  };
}

/** Whether every membership row that can be read names this creator. False where that cannot be read. */
async function isOnlyCreator(dataverse: Dataverse, id: string): Promise<boolean> {
  const filter = compare('_createdby_value', 'ne', odataGuid(id));
  const path = query('listmembers', { select: ['listmemberid'], filter, top: 1 });
  const [result] = await dataverse.batch([readRows(path, 'listmemberid')]);
  return result?.kind === 'ok' && rowsOf(result).length === 0;
}
