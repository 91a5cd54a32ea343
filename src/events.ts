/**
 * What dyncamp writes for other programs, line by line: its events (stdout), and the rows of `--results FILE.jsonl`. Published as
 * `dyncamp/events`; docs/event.schema.json and docs/result.schema.json say the same in JSON Schema.
 */

/** The CloudEvents `type` of each change. */
export const EVENT_TYPES = {
  added: 'dyncamp.person.added',
  removed: 'dyncamp.person.removed',
  created: 'dyncamp.person.created',
} as const;

/** Every outcome of an input row, and of which kind it is. */
export const OUTCOME_KINDS = {
  added: 'done',
  removed: 'done',
  'already-member': 'skipped',
  'not-member': 'skipped',
  'in-by-other-list': 'skipped',
  'added-by-other': 'skipped',
  'duplicate-input': 'skipped',
  'other-shard': 'skipped',
  excluded: 'skipped',
  'opted-out': 'skipped',
  invalid: 'failed',
  'not-found': 'failed',
  ambiguous: 'failed',
  inactive: 'failed',
  'cannot-create': 'failed',
  duplicate: 'failed',
  forbidden: 'failed',
  rejected: 'failed',
  unconfirmed: 'open',
  'not-reached': 'open',
} as const;

export type OutcomeName = keyof typeof OUTCOME_KINDS;
export type OutcomeKind = (typeof OUTCOME_KINDS)[OutcomeName];

/** One line of stdout of `add`, `remove` and `apply`, and of `events replay`: CloudEvents 1.0. Consumers drop repeats by `id`. */
export type DyncampEvent = PersonAdded | PersonRemoved | PersonCreated;

/** A person was added to the campaign, and a read confirmed it. */
export type PersonAdded = Envelope<typeof EVENT_TYPES.added, MembershipData<'Added to Microsoft Campaign'>>;
/** A person was removed from the campaign, and a read confirmed it. */
export type PersonRemoved = Envelope<typeof EVENT_TYPES.removed, MembershipData<'Removed from Microsoft Campaign'>>;
/** A person was created, to be added; comes before their `PersonAdded`. */
export type PersonCreated = Envelope<
  typeof EVENT_TYPES.created,
  ChangeData<'Lead is Synced to Microsoft', { readonly type: PersonType; readonly id: string; readonly email?: string }>
>;

export type PersonType = 'lead' | 'contact';

type Envelope<Type extends string, Data> = {
  readonly specversion: '1.0';
  /** The same in every retry, resumed run, replay and shard: UUID v5, see docs/derived-ids.md. */
  readonly id: string;
  readonly type: Type;
  /** `urn:dynamics:<organizationid>:campaign:<campaignid>` */
  readonly source: string;
  /** `leads/<id>` or `contacts/<id>` */
  readonly subject: string;
  /** ISO 8601: when the read that confirmed the change came back. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Data;
};

type ChangeData<Trigger extends string, Person> = {
  /** The name of Marketo's trigger. */
  readonly trigger: Trigger;
  readonly campaign: { readonly id: string; readonly name: string; readonly code: string };
  readonly person: Person;
  /** The run's id; absent in events that were rebuilt from the server. */
  readonly run?: string;
  /** The row that asked for it; absent in events that were rebuilt from the server. `ref` is left out by `--event-email none`. */
  readonly input?: { readonly source: string; readonly line: number; readonly ref?: string };
};

type MembershipData<Trigger extends string> = ChangeData<
  Trigger,
  {
    readonly type: PersonType;
    readonly id: string;
    /** Left out by `--event-email none`. */
    readonly email?: string;
    /** Whether the person was created for this row; absent in events that were rebuilt from the server. */
    readonly created?: boolean;
  }
> & {
  /** The marketing list by which the person is in the campaign. */
  readonly list: { readonly id: string; readonly name: string };
  readonly listMemberId: string;
};

/** A row of `--results FILE.jsonl`; the columns of `--results FILE.csv` have the same names. */
export type Result = {
  /** The file, `-` for stdin, `arguments`, or `list:<id>`. */
  readonly source: string;
  readonly line: number;
  /** The person as the input names them. */
  readonly ref: string;
  readonly outcome: OutcomeName;
  readonly kind: OutcomeKind;
  readonly personType?: PersonType;
  readonly personId?: string;
  readonly created?: boolean;
  readonly listMemberId?: string;
  /** The user who added the person. */
  readonly addedBy?: string;
  /** dyncamp's own code, or Dynamics'. */
  readonly code?: string;
  readonly message?: string;
  /** Of the refused request: what Microsoft's support asks for. */
  readonly requestId?: string;
  readonly dryRun?: boolean;
  readonly command: 'add' | 'remove' | 'apply' | 'undo';
  readonly campaignId: string;
  readonly organizationId: string;
  /** A column of the input. */
  readonly [column: `in.${string}`]: string;
};
