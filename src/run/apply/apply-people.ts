/**
 * The course of an `apply`. It reads who is in, then the whole input and everybody the input may mean, and plans the removals within their
 * limits. Only then does it add people, and finally remove others. In doubt, nobody is removed.
 */

import { classifyOwnLists } from '../../campaign/own-lists.ts';
import { readMembersOfList } from '../../campaign/queries.ts';
import { type Adding, addBatch } from '../../change/add-batch.ts';
import { isFlowAdded, knownAdditions } from '../../change/added-by.ts';
import { onlyMembers, type Removing, removeBatch } from '../../change/remove-batch.ts';
import { type ListMember, listMemberFromRow, PERSON_TYPES } from '../../dataverse/wire.ts';
import { TemporaryError } from '../../errors.ts';
import type { InputPlace } from '../../input/input-row.ts';
import { openPeople } from '../../input/open-people.ts';
import type { Outcome } from '../../input/outcome.ts';
import { columnNames, HIDDEN, refuseHiddenColumns, unseenColumns } from '../../people/key-columns.ts';
import { notice, warn } from '../../terminal/report-error.ts';
import { countOf, peopleText, TO_REMOVE_THEM, whyTheyStay } from '../counts.ts';
import { runPass } from '../pipeline.ts';
import { ASKS_ABOVE, asksFirst, confirmRemoval, planAllRemovals } from '../removals.ts';
import type { PeopleCommandOptions } from '../request.ts';
import type { Spool } from '../spool.ts';
import { openRunSpool, readInput } from '../spool.ts';
import type { OpenRun, Pass, Work } from '../strategy.ts';
import {
  emptyInputError,
  type InputRead,
  nobodyMatchedError,
  onlyAdds,
  removalLimitError,
  removedBefore,
} from './guards.ts';
import { protectBatch, protectedPeople } from './protect-people.ts';

export type ApplyOptions = Pick<PeopleCommandOptions, 'matchBy' | 'exclude' | 'inputFormat' | 'encoding' | 'map'> & {
  /** If more people would be removed, nothing is changed. Default: defaultMaxRemovals(). */
  readonly maxRemovals?: number | undefined;
  /** Continue even if an input has no people, or none that Dynamics knows. */
  readonly allowEmpty?: boolean | undefined;
};

type ApplyParts = {
  readonly options: ApplyOptions;
  readonly adding: Adding;
  /** Its people are members, named by their ids. */
  readonly removing: Removing;
};

export async function* applyPasses(run: OpenRun, { options, adding, removing }: ApplyParts): AsyncGenerator<Pass> {
  const { terminal } = run.context;
  const spool = openRunSpool(run);
  await saveMembers(run, removing, spool);
  const read = await understandInput(run, options, spool);
  const doubt = onlyAdds(read);
  const mayBeEmpty = options.allowEmpty === true;
  const empty = mayBeEmpty ? undefined : emptyInputError(read);
  if (doubt === undefined && empty === undefined) await planUnprotected(run, removing, spool);
  // Stopped meanwhile: the plan may be incomplete.
  if (run.intake.closedBy() !== undefined) return;
  const planned = spool.countPlanned();
  const unmatched = mayBeEmpty ? undefined : nobodyMatchedError(read, planned);
  const error = empty ?? unmatched ?? removalLimitError(options, spool, removedBefore(run.session));
  if (error !== undefined && !run.isDryRun) throw error;
  if (error === undefined && planned > ASKS_ABOVE && asksFirst(run.context, run, run.request.options))
    await confirmRemoval(run.context, peopleText(planned));
  yield {
    rows: spool.rows(),
    total: () => read.rows,
    label: 'Adding',
    async *work(rows, claims) {
      for await (const part of addBatch(adding, rows, claims)) {
        // A row may mean other people now than when the removals were planned: they stay.
        spool.protect(part.met ?? []);
        yield part;
      }
    },
  };
  const isOpen = run.intake.closedBy() !== undefined || countOf(run.counter.current(), 'open') > 0;
  const whyNone = doubt ?? (isOpen ? NOT_ALL_ADDED : undefined);
  if (whyNone === undefined)
    yield {
      rows: spool.plannedCandidates(),
      total: () => planned,
      label: 'Removing',
      work: removeNobodyElse(removing, spool),
    };
  else await warn(terminal, 'NOBODY_REMOVED', `No one is removed: ${whyNone.reason}.`, whyNone.hint);
  run.counter.noteStay(await reportOthers(run, spool));
  if (error !== undefined) throw error;
  if (read.failure !== undefined) throw read.failure;
}

const NOT_ALL_ADDED = {
  reason: 'not all additions were attempted and confirmed',
  hint: 'Run the same command again.',
};

/** Only people saved here can be removed. They are read before the input, so that people added meanwhile stay, whatever the clocks say. */
async function saveMembers({ session, opened }: OpenRun, { rules }: Removing, spool: Spool): Promise<void> {
  const { addedBy } = rules;
  for (const { id: listId, personType } of classifyOwnLists(opened.facts).all) {
    for await (const page of session.dataverse.pages(readMembersOfList(listId))) {
      const members = page.map(listMemberFromRow);
      const addedByJournal = knownAdditions(session, addedBy, members);
      const ours = { addedBy, addedByJournal };
      spool.saveMembers(
        members.map((member) => ({ ...member, listId, personType, isOurs: isFlowAdded(member, ours) })),
      );
    }
  }
}

/** Reads the whole input and protects everybody its rows may mean, before anything is decided. */
async function understandInput(run: OpenRun, options: ApplyOptions, spool: Spool): Promise<InputRead> {
  const failure = await readInput(run, spool);
  const rows = spool.countRows();
  const emptySources = run.sources.filter((source) => spool.countRows(source) === 0);
  const read: InputRead = {
    rows,
    matched: 0,
    emptySources,
    doubtful: 0,
    firstDoubtful: undefined,
    unseen: '',
    failure,
  };
  const context = { access: run.session, matchBy: options.matchBy, spool, askedBy: new Set<string>() };
  try {
    const understood = await protectAll(run, context, { rows: spool.rows(), total: () => rows });
    // People of --exclude are left alone even under another id or address than the file has.
    if (options.exclude !== undefined)
      await protectAll(run, context, { rows: openPeople({ ...options, files: options.exclude }) });
    return { ...read, ...understood, unseen: await refuseHiddenValues(run, context.askedBy) };
  } catch (error) {
    if (!(error instanceof TemporaryError)) throw error;
    return { ...read, failure: failure ?? error };
  }
}

/**
 * U40. Whoever has a value that Dynamics hides is matched by no row, and would be removed although they are in the input: so --partial-view
 * does not help. Gives the names of columns that may be hidden, where the definitions cannot be read (U37).
 */
async function refuseHiddenValues(
  { session: { dataverse }, keyColumns: { secured, refusal } }: OpenRun,
  askedBy: ReadonlySet<string>,
): Promise<string> {
  const asked = secured.filter(({ column }) => askedBy.has(column));
  await refuseHiddenColumns(dataverse, { secured: asked }, HIDDEN.removesOthers);
  if (refusal === undefined) return '';
  const unknown = [...askedBy].flatMap((column) => PERSON_TYPES.map((type) => ({ type, column })));
  return columnNames(await unseenColumns(dataverse, unknown));
}

async function protectAll(
  run: OpenRun,
  context: Parameters<typeof protectBatch>[0],
  people: Pick<Pass, 'rows' | 'total'>,
): Promise<Pick<InputRead, 'matched' | 'doubtful' | 'firstDoubtful'>> {
  let [matched, doubtful] = [0, 0];
  let firstDoubtful: InputPlace | undefined;
  const work: Work = async function* (batch) {
    const found = await protectBatch(context, batch);
    matched += found.matched;
    doubtful += found.doubtful.length;
    firstDoubtful ??= found.doubtful[0];
    yield { known: batch };
  };
  for await (const _ of runPass(run, { ...people, work, label: 'Looking up', isWhole: true, isPreview: true }));
  return { matched, doubtful, firstDoubtful };
}

async function planUnprotected(run: OpenRun, removing: Removing, spool: Spool): Promise<void> {
  const planning = removingOnly(removing, spool, spool.isRemovable);
  const unreadable = await planAllRemovals(run, planning, { rows: spool.candidates(), isWhole: true, spool });
  if (unreadable === 0 || run.intake.closedBy() !== undefined) return;
  await warn(
    run.context.terminal,
    'MEMBERS_UNREADABLE',
    `${peopleText(unreadable)} on the own lists cannot be read, and ${stay(unreadable)} there.`,
    'They were deleted, or you may not read them: `dyncamp sync check` shows your privileges.',
  );
}

/** Removes only planned rows. People who were protected since stay. */
function removeNobodyElse(removing: Removing, spool: Spool): Work {
  const planned = removingOnly(removing, spool, spool.isPlanned);
  return async function* (rows, claims) {
    for await (const part of removeBatch(planned, rows, claims)) {
      const outcomes = [...(part.outcomes ?? [])].map(([row, outcome]) => [row, inWordsOfApply(outcome)] as const);
      yield { ...part, outcomes: new Map(outcomes) };
    }
  };
}

function removingOnly({ session, rules }: Removing, spool: Spool, isMeant: (member: ListMember) => boolean): Removing {
  return onlyMembers({ session: { ...session, exclusions: protectedPeople(spool) }, rules }, isMeant);
}

function inWordsOfApply(outcome: Outcome): Outcome {
  if (outcome.outcome === 'excluded')
    return { ...outcome, message: 'Kept: a row in the input could mean this person.' };
  if (outcome.outcome !== 'added-by-other') return outcome;
  const { addedBy: _, ...rest } = outcome;
  return { ...rest, outcome: 'already-member', message: 'Added again since the plan was made, and left alone.' };
}

/** Reports members that no flow action added: they stay. Gives their number. */
async function reportOthers({ context, session }: OpenRun, spool: Spool): Promise<number> {
  const others = [...spool.countOthers()];
  if (others.length === 0) return 0;
  const names = await session.userNames(others.flatMap(([user]) => user ?? []));
  const count = others.reduce((sum, [, each]) => sum + each, 0);
  await session.creators.learn(others.map(([createdBy]) => ({ createdBy })));
  const isSilent = others.every(([createdBy]) => session.creators.says({ createdBy }) === 'nothing');
  const by = others.map(([user = '', each]) => `${each} by ${names.get(user) ?? 'an unknown user'}`).join(', ');
  await notice(
    context.terminal,
    'OTHERS_STAY',
    `${peopleText(count)} not in the input ${stay(count)}, because ${whyTheyStay(isSilent)}: ${by}.`,
    TO_REMOVE_THEM,
  );
  return count;
}

const stay = (count: number): string => (count === 1 ? 'stays' : 'stay');
