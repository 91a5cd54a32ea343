/** What the columns of an input mean: the person's key, a Dynamics column, or unknown. Pure. */
import type { PersonType } from '../events.ts';
import { nearest } from '../text.ts';
import {
  findForeignHeader,
  headerKey,
  ID_COLUMNS,
  isOfTheProgram,
  MARKED_COLUMN,
  TABLE_NAMES,
} from './header-names.ts';
import { dynamicsName, EMAIL_COLUMN, findMarketoColumn } from './marketo-columns.ts';

type ColumnRole =
  | { readonly as: 'id'; readonly personType: PersonType | undefined }
  | { readonly as: 'email' }
  /** The column of --match-by. */
  | { readonly as: 'match'; readonly column: string }
  | { readonly as: 'attribute'; readonly column: string }
  | { readonly as: 'unknown' }
  /** Known and ignored: mapped to nothing, without a name, or set by Dynamics or by the program that wrote the file. */
  | { readonly as: 'left-out' };

export type NameOptions = {
  /** Header → Dynamics column, Marketo name, `id`, `leadid`, `contactid` or `email`; an empty target leaves the column out. */
  readonly map?: Readonly<Record<string, string>> | undefined;
  /** Dynamics column that identifies the person instead of the e-mail. */
  readonly matchBy?: string | undefined;
  /** Logical names of the lead table that are accepted besides Marketo's mapping. Default: none. */
  readonly dynamicsColumns?: ReadonlySet<string> | undefined;
  /** Rows keep all of their cells as `columns`: for results. Default: true. */
  readonly keepsCells?: boolean | undefined;
};

export type ColumnPlan = {
  /** For display: trimmed, without line breaks and invisible characters. */
  readonly names: readonly string[];
  readonly roles: readonly ColumnRole[];
  readonly unknown: readonly string[];
  readonly problem?: ColumnProblem | undefined;
  readonly keepsCells: boolean;
};
export type ColumnProblem = {
  readonly code: 'DUPLICATE_HEADER' | 'NO_ID_COLUMN';
  readonly message: string;
  readonly hint: string;
};

/** Among several columns with one role, the lowest rank is used. */
type Candidate = { readonly role: ColumnRole; readonly rank: number; readonly beside?: string | undefined };

/** The problem, if any, says why no person can be read with these columns. */
export function planColumns(rawNames: readonly string[], options: NameOptions): ColumnPlan {
  const names = rawNames.map(shownName);
  const candidates = names.map((name) => candidateOf(name, options));
  const roles = candidates.map((candidate, index) => chosen(candidate, index, candidates));
  const unknown = names.filter((_, index) => roles[index]?.as === 'unknown');
  const missing = namesPeople(roles, options) ? undefined : noIdColumn(names, options);
  const problem = duplicateProblem(names, roles) ?? missing;
  return { names, roles, unknown, problem, keepsCells: options.keepsCells ?? true };
}

const namesPeople = (roles: readonly ColumnRole[], { matchBy }: NameOptions): boolean =>
  roles.some(({ as }) => as === 'id' || as === (matchBy === undefined ? 'email' : 'match'));

/** How many names are known; 0 when none of them identifies a person, because they are not a header then. */
export function knownNames(names: readonly string[], options: NameOptions): number {
  const { roles } = planColumns(names, options);
  if (!namesPeople(roles, options)) return 0;
  return roles.filter(({ as }) => as !== 'unknown' && as !== 'left-out').length;
}

export function repeatedNames(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const name of names) {
    if (name !== '' && seen.has(name)) repeated.add(name);
    seen.add(name);
  }
  return [...repeated];
}

function shownName(name: string): string {
  return name
    .replace(/[\s\u{85}]+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}]+/gu, '')
    .trim();
}

function candidateOf(name: string, options: NameOptions): Candidate {
  const mapped = mappingOf(name, options);
  if (mapped !== undefined) return { role: mappedRole(mapped.trim(), options), rank: 0 };
  return name === '' ? { role: { as: 'left-out' }, rank: 0 } : namedCandidate(name, options);
}

/** An exact name wins over an equivalent one. */
function mappingOf(name: string, { map = {} }: NameOptions): string | undefined {
  const entries = Object.entries(map);
  const exact = entries.find(([header]) => shownName(header) === name);
  if (exact !== undefined) return exact[1];
  const key = headerKey(name);
  return key === '' ? undefined : entries.find(([header]) => headerKey(header) === key)?.[1];
}

function mappedRole(target: string, options: NameOptions): ColumnRole {
  if (target === '') return { as: 'left-out' };
  const { role } = namedCandidate(target, options);
  // A target that is not in the table may be the organization's own column; its metadata will refuse it if it does not exist.
  return role.as === 'unknown' ? { as: 'attribute', column: target.toLowerCase() } : role;
}

/** Headers that --map names and the input does not have. */
export function missingHeaders(names: readonly string[], { map = {} }: NameOptions): readonly string[] {
  const keys = new Set(names.map(headerKey));
  return Object.keys(map).filter((name) => !keys.has(headerKey(name)));
}

/** Targets of --map that only the organization's table can know. */
export function ownColumnsOf({ map = {}, matchBy }: NameOptions): readonly string[] {
  const targets = Object.values(map).map((target) => target.trim());
  return targets.filter((target) => target !== '' && namedCandidate(target, { matchBy }).role.as === 'unknown');
}

function namedCandidate(name: string, options: NameOptions): Candidate {
  const key = headerKey(name);
  if (options.matchBy !== undefined && key === headerKey(options.matchBy)) {
    return { role: { as: 'match', column: options.matchBy.trim().toLowerCase() }, rank: 1 };
  }
  const found = knownCandidate(name, key);
  if (found !== undefined) return found;
  const logicalName = name.toLowerCase();
  if (options.dynamicsColumns?.has(logicalName)) return { role: { as: 'attribute', column: logicalName }, rank: 1 };
  const marked = MARKED_COLUMN.exec(name)?.groups;
  if (marked !== undefined) return markedCandidate(marked.name ?? '');
  // "Email (Lead)", "Last Name (required)"
  const plain = /^(.*\S)\s*\([^()]*\)$/su.exec(name)?.[1];
  const inner = plain === undefined ? undefined : knownCandidate(plain, headerKey(plain));
  return inner ?? { role: { as: isOfTheProgram(name) ? 'left-out' : 'unknown' }, rank: 1 };
}

function knownCandidate(name: string, key: string): Candidate | undefined {
  if (ID_COLUMNS.has(key)) return { role: { as: 'id', personType: ID_COLUMNS.get(key) }, rank: 1 };
  const known = findMarketoColumn(name) ?? findMarketoColumn(key);
  if (known?.neverSent) return { role: { as: 'left-out' }, rank: 1 };
  if (known !== undefined) return { role: columnRole(dynamicsName(known)), rank: 1 };
  const foreign = findForeignHeader(name);
  return foreign && { role: columnRole(foreign.column), rank: foreign.rank, beside: foreign.beside };
}

/** Columns that Dynamics' export adds for its import. The id among them is useful here. */
function markedCandidate(name: string): Candidate {
  const personType = TABLE_NAMES.get(headerKey(name));
  return { role: personType === undefined ? { as: 'left-out' } : { as: 'id', personType }, rank: 1 };
}

const columnRole = (column: string): ColumnRole =>
  column === EMAIL_COLUMN ? { as: 'email' } : { as: 'attribute', column };

/**
 * Drops a column when there is a better one for the same thing, or when the column it depends on is missing. Among equal ones the first wins
 * for an attribute, but not for the person's key: that must not depend on the order.
 */
function chosen({ role, rank, beside }: Candidate, index: number, all: readonly Candidate[]): ColumnRole {
  if (role.as !== 'email' && role.as !== 'attribute') return role;
  const isBeaten = all.some((other, at) => {
    if (at === index || meaningOf(other.role) !== meaningOf(role)) return false;
    if (beside !== undefined) return other.beside === undefined || at < index;
    const isFirst = rank > 0 && role.as === 'attribute' && at < index;
    return other.beside === undefined && (other.rank < rank || (other.rank === rank && isFirst));
  });
  const isAlone =
    beside !== undefined && !all.some((other) => !other.beside && meaningOf(other.role) === `column ${beside}`);
  return isBeaten || isAlone ? { as: 'unknown' } : role;
}

/** Two columns must not share it; undefined for roles that may repeat. */
function meaningOf(role: ColumnRole): string | undefined {
  if (role.as === 'id') return `id ${role.personType ?? ''}`;
  if (role.as === 'email' || role.as === 'match') return role.as;
  return role.as === 'attribute' ? `column ${role.column}` : undefined;
}

/** Two columns that identify the person, or that are mapped to the same one. */
function duplicateProblem(names: readonly string[], roles: readonly ColumnRole[]): ColumnProblem | undefined {
  const seen = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    const role = roles[index];
    const meaning = role === undefined ? undefined : meaningOf(role);
    if (meaning === undefined) continue;
    const first = seen.get(meaning);
    if (first !== undefined) return duplicate(first, name);
    seen.set(meaning, name);
  }
  return undefined;
}

function duplicate(first: string, second: string): ColumnProblem {
  const same = first === second;
  return {
    code: 'DUPLICATE_HEADER',
    message: same ? `the column "${first}" appears twice` : `"${first}" and "${second}" mean the same`,
    hint: same ? 'Rename or remove one of them.' : `Leave one out: --map "${second}="`,
  };
}

/** `addressColumn`: the header of a column that holds an address. */
export function noIdColumn(names: readonly string[], options: NameOptions, addressColumn?: string): ColumnProblem {
  const known = [
    'id',
    'leadid',
    'contactid',
    options.matchBy ?? 'email',
    ...(options.matchBy ? [] : ['Email Address']),
  ];
  const what = options.matchBy === undefined ? 'id or e-mail column' : `id column and no "${options.matchBy}"`;
  const message = `the header has no ${what}. Its columns: ${listNames(names)}`;
  if (addressColumn !== undefined)
    return {
      code: 'NO_ID_COLUMN',
      message,
      hint: `"${addressColumn}" seems to have the addresses: --map "${addressColumn}=email"`,
    };
  const near = names.map((name) => [name, nearest(name, known)] as const).find(([, found]) => found !== undefined);
  const target = options.matchBy ?? 'email';
  const meant = near ? `Did you mean --map "${near[0]}=${near[1]}"? ` : '';
  return { code: 'NO_ID_COLUMN', message, hint: `${meant}To choose a column: --map "Header=${target}".` };
}

export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => JSON.stringify(shownName(name).slice(0, 80)));
  return shown.join(', ') + (names.length > shown.length ? ` and ${names.length - shown.length} more` : '');
}
