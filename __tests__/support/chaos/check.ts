/** What must hold after a scenario, whatever went wrong in it. Gives what does not, in words; nothing when all is well. */
import { type Change, eventIdOf } from './change-log.ts';
import type { Started } from './client.ts';
import type { Organization } from './organization.ts';
import type { Played } from './play.ts';
import { answersOf, existingEmail, type Person } from './scenario.ts';

export type Verdict = {
  readonly violations: readonly string[];
  /** People with two membership rows, where a switch makes them: adding somebody whom a read did not show yet. */
  readonly secondRows: number;
  /** Real changes of the scenario. */
  readonly changes: number;
};

export function judge(played: Played, organization: Organization): Verdict {
  const { changes } = organization;
  const lists = changes.listsOf(played.campaignId);
  const listIds = new Set(lists.map(({ id }) => id));
  const emails = new Set(played.scenario.people.flatMap((person) => (person.kind === 'new' ? [person.email] : [])));
  const real = changes
    .since(played.logFrom)
    .filter(({ what, listId, email }) => (what === 'created' ? emails.has(email) : listIds.has(listId)));
  const rows = lists.flatMap(({ id }) => changes.peopleOn(id));
  const mayDouble = answersOf(played.scenario).addExistingMember === 'second-row';
  const secondRows = peopleWithTwoRows(real);
  const violations = [
    ...checkLists(played, organization),
    ...checkLeads(played, organization),
    ...checkMembers(played, organization, new Set(rows)),
    ...(mayDouble ? [] : doubled(rows, 'membership row of')),
    ...checkEvents(played, real, { organizationId: organization.id, secondRows: mayDouble ? secondRows : new Set() }),
    ...checkOrder(played),
    ...played.started.flatMap((started) => checkStarted(started, played)),
    ...checkLast(played),
  ];
  return { violations, secondRows: mayDouble ? secondRows.size : 0, changes: real.length };
}

function checkLists({ campaignId }: Played, { changes }: Organization): readonly string[] {
  const lists = changes.listsOf(campaignId);
  const made = changes.listsNamedFor(campaignId);
  return [
    ...doubled(
      lists.map(({ id }) => id),
      'link to list',
    ),
    ...doubled(made, 'list'),
    ...(made.length > lists.length ? [`${made.length - lists.length} lists were made and not linked`] : []),
  ];
}

function checkLeads({ scenario }: Played, { changes }: Organization): readonly string[] {
  const leads = changes.leadsWith(`@s${scenario.seed}-${scenario.index}.example`);
  return doubled(
    leads.map(({ email }) => email),
    'lead',
  );
}

function checkMembers(
  { scenario }: Played,
  { changes }: Organization,
  present: ReadonlySet<string>,
): readonly string[] {
  const leads = new Map(
    changes.leadsWith(`@s${scenario.seed}-${scenario.index}.example`).map(({ id, email }) => [email, id]),
  );
  const wanted = scenario.steps.at(-1)?.command === 'add' ? scenario.people.flatMap((each) => idOf(each, leads)) : [];
  return [
    ...wanted.filter((id) => !present.has(id)).map((id) => `not in, though asked for: ${id}`),
    ...[...present].filter((id) => !wanted.includes(id)).map((id) => `in, though not asked for: ${id}`),
  ];
}

function idOf(person: Person, leads: ReadonlyMap<string, string>): readonly string[] {
  if (person.kind === 'existing') {
    const prefix = person.number % 2 === 0 ? 'c0de0000' : '1ead0000';
    return [`${prefix}-0000-4000-8000-${String(person.number).padStart(12, '0')}`];
  }
  return person.kind === 'new' ? [leads.get(person.email) ?? `(never created: ${person.email})`] : [];
}

type Telling = { readonly organizationId: string; readonly secondRows: ReadonlySet<string> };

function checkEvents(
  { started, replays, scenario }: Played,
  real: readonly Change[],
  { organizationId, secondRows }: Telling,
): readonly string[] {
  const isContested = scenario.processes === 'contested';
  const changes = new Map(real.map((change) => [eventIdOf(change, organizationId), change]));
  const told = new Map(started.flatMap(({ told }) => told.map((event) => [event.id, event])));
  const kept = new Map(replays.flatMap(({ events }) => events.map((event) => [event.id, event])));
  const goneAgain = new Set(isContested ? real.flatMap(({ what, id }) => (what === 'removed' ? [id] : [])) : []);
  // Another machine may take out a row before the read that would have confirmed it: then nobody can know that it was there.
  const isUnknowable = ({ what, id, personId }: Change): boolean =>
    secondRows.has(personId) || (what === 'added' && goneAgain.has(id));
  const missing = (events: ReadonlyMap<string, unknown>): readonly Change[] =>
    [...changes].flatMap(([id, change]) => (events.has(id) || isUnknowable(change) ? [] : [change]));
  const say = ({ what, personId, id, createdOn }: Change): string => `${what} ${personId} (row ${id}, ${createdOn})`;
  return [
    ...(started.some(endedBeforeItsReaderLeft)
      ? []
      : missing(told).map((change) => `happened, but no stdout had it: ${say(change)}`)),
    ...missing(kept).map((change) => `happened, but no replay has it: ${say(change)}`),
    ...[...told, ...kept]
      .filter(([id]) => !changes.has(id))
      .map(([id, event]) => `told, but never happened: ${event.type} ${event.personId} (${id})`),
    ...replays.flatMap(({ untold }) => (untold > 0 ? [`${untold} events are still undelivered`] : [])),
    ...replays.flatMap(({ events }) =>
      doubled(
        events.map(({ id }) => id),
        'event in one journal',
      ),
    ),
  ];
}

/** What was in the pipe is gone, and nobody was left to notice: a replay gives it again. Who finds no reader at all notices. */
const endedBeforeItsReaderLeft = ({ disturbance, code }: Started): boolean =>
  disturbance.kind === 'close-stdout' && disturbance.events > 0 && code !== 141;

/** `created` comes before the `added` of that person, in each journal and on each stdout. */
function checkOrder({ replays, started }: Played): readonly string[] {
  return [...replays.map(({ events }) => events), ...started.map(({ told }) => told)].flatMap((events) =>
    events.flatMap(({ type, personId }, place) =>
      type === 'dyncamp.person.created' &&
      events.slice(0, place).some((before) => before.personId === personId && before.type === 'dyncamp.person.added')
        ? [`created after added: ${personId}`]
        : [],
    ),
  );
}

/** 4 only where a token was refused twice on purpose. */
/** Pages for every one of the first answers: the URL is blamed, before anything was done. */
const isNoDynamics = (stderr: string): boolean => /is (no|not a) Dynamics organization/.test(stderr);

const EXPECTED_CODES = [0, 68, 75, 130, 141, null];

function checkStarted(
  { command, code, strange, stderr, results, disturbance }: Started,
  played: Played,
): readonly string[] {
  const what = `${command.split(' ')[0]} (${disturbance.kind})`;
  const expiresTokens = played.scenario.steps.some(({ faults }) =>
    faults.some(({ effect }) => effect.kind === 'expired-token'),
  );
  const givesPages = played.scenario.steps.some(({ faults }) =>
    faults.some(({ effect }) => effect.kind === 'not-json'),
  );
  const isExpected =
    EXPECTED_CODES.includes(code) ||
    (code === 4 && expiresTokens) ||
    (code === 2 && givesPages && isNoDynamics(stderr));
  const isSummedUp = / in \d+\.\d s[,.]/.test(stderr);
  // A Ctrl-C that comes while the program is still being loaded, or when all is said, ends it as it ends any program.
  const wasKilled =
    disturbance.kind.startsWith('kill') || (disturbance.kind.startsWith('interrupt') && (stderr === '' || isSummedUp));
  // Who gave up before it came to the people sums nothing up, and leaves the last results alone.
  const readAll = code === 0 || code === 68 || (code === 75 && isSummedUp);
  const rows = played.scenario.people.length;
  return [
    ...(isExpected && (code !== null || wasKilled) ? [] : [`${what} ended with ${code}: ${stderr.slice(-600)}`]),
    ...(strange.length > 0 ? [`${what}: stdout has "${strange[0]?.slice(0, 80)}"`] : []),
    ...(readAll && results?.length !== rows
      ? [`${what} ended with ${code}: ${results?.length ?? 'no'} results of ${rows} rows`]
      : []),
    ...doubled(
      (results ?? []).map(({ line }) => String(line)),
      'result of line',
    ),
  ];
}

const LAST_OUTCOMES: Readonly<Record<Person['kind'], readonly string[]>> = {
  existing: ['added', 'already-member', 'removed', 'not-member', 'duplicate-input'],
  new: ['added', 'already-member', 'removed', 'not-member', 'duplicate-input', 'not-found'],
  unknown: ['cannot-create', 'not-found'],
  bad: ['invalid'],
};

/** Everybody has an outcome that fits who they are. */
function checkLast({ scenario, last }: Played): readonly string[] {
  // Which rows may fail is looked at row by row: somebody whom a killed `add` never created is not found by the `remove` after it.
  const hasFailed = last.results?.some(({ kind }) => kind === 'failed') === true;
  const wrong = scenario.people.flatMap((person, place) => {
    const row = last.results?.[place];
    return row !== undefined && LAST_OUTCOMES[person.kind].includes(row.outcome)
      ? []
      : [
          `line ${place + 2} (${person.kind === 'existing' ? existingEmail(person.number) : person.kind}): ${row?.outcome} ${row?.code}`,
        ];
  });
  return last.code === (hasFailed ? 68 : 0)
    ? wrong
    : [`the last command ended with ${last.code}: ${last.stderr.slice(-600)}`, ...wrong];
}

function peopleWithTwoRows(real: readonly Change[]): ReadonlySet<string> {
  const now = new Map<string, number>();
  const twice = new Set<string>();
  for (const { what, personId } of real) {
    const rows = (now.get(personId) ?? 0) + { added: 1, removed: -1, created: 0 }[what];
    now.set(personId, rows);
    if (rows > 1) twice.add(personId);
  }
  return twice;
}

function doubled(values: readonly string[], what: string): readonly string[] {
  const seen = new Set<string>();
  const again = new Set(values.filter((value) => seen.has(value) || !seen.add(value)));
  return [...again].map((value) => `twice: ${what} ${value}`);
}
