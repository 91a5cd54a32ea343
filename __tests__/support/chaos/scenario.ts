/** One thing that is asked of dyncamp, and everything that goes wrong meanwhile. Made from a seed; plain values. */
import type { Fault } from '../../../src/emulator/faults/fault.ts';
import { DEFAULT_SWITCHES, type Switches } from '../../../src/emulator/switches.ts';
import { type Random, seeded } from './random.ts';
import { type Attempt, randomAttempt, randomFaults, randomPageSize, randomSwitches } from './trouble.ts';

/** Generated people of the organization: odd numbers are leads, even ones contacts. */
export const EXISTING_PEOPLE = 400;

export type Person =
  | { readonly kind: 'existing'; readonly number: number }
  /** Not in Dynamics yet; the row has a last name. */
  | { readonly kind: 'new'; readonly email: string }
  /** Not in Dynamics, and no last name to create them with. */
  | { readonly kind: 'unknown'; readonly email: string }
  | { readonly kind: 'bad'; readonly text: string };

export type Course = 'add' | 'remove' | 'add-then-remove' | 'remove-then-add';

/**
 * The same command at the same time: once, twice with one journal, twice with a journal each. `contested`: two machines with a journal each,
 * and the second one does the opposite.
 */
export type Processes = 'one' | 'two-sharing' | 'two-apart' | 'contested';

export type ChangeCommand = 'add' | 'remove';

/** One command, begun again and again under trouble; `finishes`: after that in peace until it is done. */
export type Step = {
  readonly command: ChangeCommand;
  /** Of the second process, if there are two. */
  readonly otherCommand: ChangeCommand;
  readonly finishes: boolean;
  /** Per process: one entry for each start. */
  readonly attempts: readonly (readonly Attempt[])[];
  readonly faults: readonly Fault[];
  readonly pageSize: number | undefined;
  /** The organization's own process is killed and started again so long after the step began. */
  readonly restartsAfterMs: readonly number[];
};

export type Scenario = {
  readonly seed: number;
  readonly index: number;
  readonly course: Course;
  readonly processes: Processes;
  readonly people: readonly Person[];
  /** Away from the defaults, which `npm run unsettled` may have changed: answersOf() has them all. */
  readonly switches: Partial<Switches>;
  readonly batchSize: number;
  readonly concurrency: number;
  readonly steps: readonly Step[];
};

export const answersOf = ({ switches }: Scenario): Switches => ({ ...DEFAULT_SWITCHES, ...switches });

/** So few that all is written to stdout at once: a reader who went away is noticed by that or never. */
const FEW_PEOPLE = 8;

/** Largest file of a scenario; a shorter run of the tests takes less. */
export type Size = { readonly mostPeople: number };

export function makeScenario(seed: number, index: number, { mostPeople }: Size): Scenario {
  const random = seeded(seed, index);
  const course = random.pick<Course>(['add', 'add', 'remove', 'remove', 'add-then-remove', 'remove-then-add']);
  const wanted = index % 3 === 2 ? random.pick<Processes>(['two-sharing', 'two-apart', 'contested']) : 'one';
  const changesMind = course.includes('then');
  // Who changes his mind on another machine is not known to the first one's journal.
  const processes: Processes = changesMind && wanted !== 'one' ? 'two-sharing' : wanted;
  return {
    seed,
    index,
    course,
    processes,
    people: randomPeople(random, mostPeople, `${seed}-${index}`),
    switches: randomSwitches(random),
    batchSize: random.int(8, 120),
    concurrency: random.int(1, 6),
    steps: course.split('-then-').map((command, place, all) =>
      randomStep(random, command === 'add' ? 'add' : 'remove', {
        finishes: place === all.length - 1,
        processes,
      }),
    ),
  };
}

function randomStep(
  random: Random,
  command: ChangeCommand,
  { finishes, processes }: { readonly finishes: boolean; readonly processes: Processes },
): Step {
  const opposite = command === 'add' ? 'remove' : 'add';
  return {
    command,
    otherCommand: processes === 'contested' ? opposite : command,
    finishes,
    attempts: Array.from({ length: processes === 'one' ? 1 : 2 }, () =>
      Array.from({ length: random.int(1, finishes ? 3 : 2) }, () => randomAttempt(random)),
    ),
    faults: randomFaults(random),
    pageSize: randomPageSize(random),
    restartsAfterMs: random.chance(0.2) ? [random.int(200, 2_000)] : [],
  };
}

function randomPeople(random: Random, most: number, tag: string): readonly Person[] {
  const numbers = random.some(
    Array.from({ length: EXISTING_PEOPLE }, (_, place) => place + 1),
    random.chance(0.25) ? random.int(1, FEW_PEOPLE) : random.int(10, most),
  );
  const made = (kind: 'new' | 'unknown', count: number): readonly Person[] =>
    Array.from({ length: count }, (_, place) => ({ kind, email: `${kind}${place}@s${tag}.example` }));
  const once: readonly Person[] = [
    ...numbers.map((number): Person => ({ kind: 'existing', number })),
    ...made('new', random.chance(0.7) ? random.int(1, 25) : 0),
    ...made('unknown', random.int(0, 3)),
  ];
  const again = random.some(once, random.int(0, 5));
  const bad = random.some<Person>(
    [
      { kind: 'bad', text: 'no address' },
      { kind: 'bad', text: '' },
    ],
    random.int(0, 2),
  );
  const everybody = [...once, ...again, ...bad];
  return random.some(everybody, everybody.length);
}

/** The file of the scenario: CSV with an address and a last name. */
export function csvOf(people: readonly Person[]): string {
  return `Email Address,Last Name\n${people.map(lineOf).join('')}`;
}

function lineOf(person: Person): string {
  if (person.kind === 'existing') return `${existingEmail(person.number)},\n`;
  if (person.kind === 'new') return `${person.email},New\n`;
  return person.kind === 'unknown' ? `${person.email},\n` : `${person.text},Bad\n`;
}

export const existingEmail = (number: number): string => `person${number}@people.example`;
