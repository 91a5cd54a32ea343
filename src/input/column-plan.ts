/** What the columns of an input mean: which names the person, which is a Dynamics column, which is nothing of ours. Pure. */
import { nearest } from '../did-you-mean.ts';
import {
  columnNameKey,
  dynamicsName,
  EMAIL_COLUMN,
  findMarketoColumn,
} from '../membership/attributes/marketo-columns.ts';
import type { PersonType } from '../membership/person.ts';

export type ColumnRole =
  | { readonly as: 'id'; readonly personType: PersonType | undefined }
  | { readonly as: 'email' }
  /** The column of --match-by. */
  | { readonly as: 'match'; readonly column: string }
  | { readonly as: 'attribute'; readonly column: string }
  | { readonly as: 'unknown' }
  /** Known and left out: mapped to nothing, without a name, or set by Dynamics itself. */
  | { readonly as: 'left-out' };

export type NameOptions = {
  /** Header → Dynamics column, Marketo name, `id`, `leadid`, `contactid` or `email`; an empty target leaves the column out. */
  readonly map?: Readonly<Record<string, string>> | undefined;
  /** Dynamics column that names the person instead of the e-mail. */
  readonly matchBy?: string | undefined;
  /** Logical names of the lead table that may stand as headers besides those of Marketo's mapping. Default: none. */
  readonly dynamicsColumns?: ReadonlySet<string> | undefined;
};

export type ColumnPlan = {
  readonly names: readonly string[];
  readonly roles: readonly ColumnRole[];
  readonly unknown: readonly string[];
  readonly problem?: ColumnProblem | undefined;
};
export type ColumnProblem = {
  readonly code: 'DUPLICATE_HEADER' | 'NO_ID_COLUMN';
  readonly message: string;
  readonly hint: string;
};

const ID_TYPES: ReadonlyMap<string, PersonType | undefined> = new Map([
  ['id', undefined],
  ['leadid', 'lead'],
  ['contactid', 'contact'],
]);

/** Reads names in their order. The problem, if any, says why no person can be read with them. */
export function planColumns(names: readonly string[], options: NameOptions): ColumnPlan {
  const roles = names.map((name) => roleOf(name.trim(), options));
  const unknown = names.filter((_, index) => roles[index]?.as === 'unknown');
  const problem = duplicateProblem(names, roles) ?? missingProblem(names, roles, options);
  return { names, roles, unknown, problem };
}

/** True when the name alone tells who a person is: then a first line of this one cell is a header. */
export function namesPerson(name: string, options: NameOptions): boolean {
  const role = roleOf(name.trim(), options);
  return role.as === 'id' || role.as === 'email' || role.as === 'match';
}

function roleOf(name: string, options: NameOptions): ColumnRole {
  const mapped = Object.entries(options.map ?? {}).find(([header]) => columnNameKey(header) === columnNameKey(name));
  if (mapped) return mappedRole(mapped[1].trim(), options);
  return name === '' ? { as: 'left-out' } : namedRole(name, options);
}

function mappedRole(target: string, options: NameOptions): ColumnRole {
  if (target === '') return { as: 'left-out' };
  const role = namedRole(target, options);
  // A target that is not in the table is taken as a column of the organization's own; its metadata refuses it if it does not exist.
  return role.as === 'unknown' ? { as: 'attribute', column: target.toLowerCase() } : role;
}

function namedRole(name: string, options: NameOptions): ColumnRole {
  const key = columnNameKey(name);
  if (options.matchBy !== undefined && key === columnNameKey(options.matchBy)) {
    return { as: 'match', column: options.matchBy.trim().toLowerCase() };
  }
  if (ID_TYPES.has(key)) return { as: 'id', personType: ID_TYPES.get(key) };
  const known = findMarketoColumn(name);
  if (known?.neverSent) return { as: 'left-out' };
  if (known !== undefined) {
    const column = dynamicsName(known);
    return column === EMAIL_COLUMN ? { as: 'email' } : { as: 'attribute', column };
  }
  const logicalName = name.toLowerCase();
  return options.dynamicsColumns?.has(logicalName) ? { as: 'attribute', column: logicalName } : { as: 'unknown' };
}

function duplicateProblem(names: readonly string[], roles: readonly ColumnRole[]): ColumnProblem | undefined {
  const seen = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    const role = roles[index];
    if (role === undefined || name.trim() === '') continue;
    for (const meaning of meanings(name, role)) {
      const first = seen.get(meaning);
      if (first !== undefined) return duplicate(first, name);
      seen.set(meaning, name);
    }
  }
  return undefined;
}

/** What no two columns may share: the name itself, and what it stands for. */
function meanings(name: string, role: ColumnRole): readonly string[] {
  const own = `name ${name.trim()}`;
  if (role.as === 'id') return [own, `id ${role.personType ?? ''}`];
  if (role.as === 'email' || role.as === 'match') return [own, role.as];
  return role.as === 'attribute' ? [own, `column ${role.column}`] : [own];
}

function duplicate(first: string, second: string): ColumnProblem {
  const same = first.trim() === second.trim();
  return {
    code: 'DUPLICATE_HEADER',
    message: same
      ? `the column "${first.trim()}" stands twice`
      : `"${first.trim()}" and "${second.trim()}" mean the same`,
    hint: same ? 'Rename or remove one of them.' : `Leave one out: --map "${second.trim()}="`,
  };
}

function missingProblem(
  names: readonly string[],
  roles: readonly ColumnRole[],
  options: NameOptions,
): ColumnProblem | undefined {
  const wanted = options.matchBy === undefined ? 'email' : 'match';
  if (roles.some((role) => role.as === 'id' || role.as === wanted)) return undefined;
  const known = [
    'id',
    'leadid',
    'contactid',
    options.matchBy ?? 'email',
    ...(options.matchBy ? [] : ['Email Address']),
  ];
  const near = names.map((name) => [name, nearest(name, known)] as const).find(([, found]) => found !== undefined);
  const what = options.matchBy === undefined ? 'id or e-mail column' : `id column and no "${options.matchBy}"`;
  const target = options.matchBy ?? 'email';
  const meant = near ? `Did you mean --map "${near[0].trim()}=${near[1]}"? ` : '';
  return {
    code: 'NO_ID_COLUMN',
    message: `the header has no ${what}: it has ${listNames(names)}`,
    hint: `${meant}Say which column it is: --map "Header=${target}".`,
  };
}

/** Names for a message, the first dozen. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => JSON.stringify(name.trim()));
  return shown.join(', ') + (names.length > shown.length ? ` and ${names.length - shown.length} more` : '');
}
