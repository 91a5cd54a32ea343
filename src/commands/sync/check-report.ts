/** The checks as a person reads them: in groups, what is fine calm and short, what is not with its remedy below. */
import { groupBy } from '../../dataverse/group-by.ts';
import type { Check, CheckStatus } from '../../sync/check.ts';
import { displayWidth, pad } from '../../terminal/display-width.ts';
import { loadPaint, type Paint } from '../../terminal/paint.ts';
import { safeText } from '../../terminal/safe-text.ts';
import type { Output } from '../../terminal/terminal.ts';
import { wrapText } from '../../terminal/wrap-text.ts';

type ReportOptions = {
  /** One campaign is looked at closely: nothing of it is summed up. */
  readonly isOneCampaign: boolean;
};

const TITLES: Readonly<Record<string, string>> = {
  privilege: 'Privileges',
  capability: 'Capabilities',
  marketo: 'Marketo',
  unsettled: 'Undocumented behavior, as seen here',
  campaigns: 'Campaigns',
};

/** Written group by group, as the checks come. */
export async function writeReport(stdout: Output, checks: AsyncIterable<Check>, options: ReportOptions): Promise<void> {
  const paint = await loadPaint(stdout.colour);
  let group: Check[] = [];
  let isFirst = true;
  const flush = async (): Promise<void> => {
    if (group.length === 0) return;
    const lines = groupLines(group, { ...options, columns: stdout.columns, paint });
    await stdout.write(`${isFirst ? '' : '\n'}${lines.join('\n')}\n`);
    isFirst = false;
    group = [];
  };
  for await (const check of checks) {
    const [last] = group.slice(-1);
    if (last !== undefined && titleOf(last) !== titleOf(check)) await flush();
    group.push(check);
  }
  await flush();
}

function titleOf({ id, campaign }: Check): string {
  if (campaign !== undefined) return `Campaign "${campaign.name}" (${campaign.id})`;
  const [family = ''] = id.split('.');
  if (family === 'campaign' || family === 'lists' || family === 'members') return 'Campaign';
  return TITLES[family] ?? 'Connection';
}

type Layout = ReportOptions & { readonly columns: number; readonly paint: Paint };

function groupLines(group: readonly Check[], layout: Layout): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const isSummedUp = first.campaign !== undefined && !layout.isOneCampaign;
  const shown = isSummedUp ? summedUp(group) : foldAlike(group);
  return [
    layout.paint.bold(safeText(titleOf(first))),
    ...shown.flatMap((check) => checkLines(check, layout.columns, layout.paint)),
  ];
}

/** Of many campaigns: one line for all that is fine, except for what says something of itself. */
function summedUp(group: readonly Check[]): readonly Check[] {
  const isShown = ({ id, status }: Check): boolean =>
    status === 'warning' || status === 'problem' || id === 'lists.present' || id === 'members';
  const fine = group.filter((check) => check.status === 'ok' && !isShown(check));
  const rest = foldAlike(group.filter((check) => isShown(check) || check.status === 'not-checked'));
  const [only] = fine;
  if (fine.length < 2) return only === undefined ? rest : [only, ...rest];
  const names = fine.map(({ id }) => id.replace(/^lists\./, '')).join(', ');
  return [...rest, { id: `${fine.length} more`, status: 'ok', found: `${names}.` }];
}

/** Several that a read spoiled, or that do not apply for one reason, are one line; so are the questions that reading does not answer. */
function foldAlike(group: readonly Check[]): readonly Check[] {
  const reasonOf = ({ id, status, found }: Check): string =>
    status === 'not-checked' && id.startsWith('unsettled.') ? UNANSWERED : found;
  const keyOf = (check: Check): string => `${check.status} ${reasonOf(check)}`;
  const foldable = group.filter(({ status }) => status === 'not-checked' || status === 'problem');
  const alike = groupBy(foldable, keyOf);
  return group.flatMap((check) => {
    const same = foldable.includes(check) ? (alike.get(keyOf(check)) ?? []) : [];
    if (same.length < 2) return [check];
    const ids = same.map(({ id }) => id.replace(FAMILY, '')).join(', ');
    return same[0] === check ? [{ ...check, id: `${same.length} checks`, found: `${reasonOf(check)} (${ids})` }] : [];
  });
}

const UNANSWERED = 'Only a write would show these; -o jsonl says why.';

const WORDS = {
  ok: 'ok',
  warning: 'warning',
  problem: 'PROBLEM',
  'not-checked': 'not checked',
} as const satisfies Record<CheckStatus, string>;

const STATUS_COLUMNS = 11;
/** The longest id without its family, `RemoveListMembersList`, and a gap: what 80 columns have room for. */
const ID_COLUMNS = 23;
/** With less room the text is put under the id instead of beside it. */
const NARROWEST_TEXT = 40;
/** `→ ` */
const ARROW_COLUMNS = 2;
/** Longer lines are hard to read, whatever the terminal has room for. */
const WIDEST_TEXT = 110;

/** One check as lines of the report. */
export function checkLines(check: Check, columns: number, paint: Paint): readonly string[] {
  const colours = { ok: paint.green, warning: paint.yellow, problem: paint.red, 'not-checked': paint.dim };
  const status = colours[check.status](pad(WORDS[check.status], STATUS_COLUMNS));
  const isBeside = fitsBeside([check.found, check.remedy ?? ''].join(' '), columns - beside(ID_COLUMNS));
  const indent = isBeside ? beside(ID_COLUMNS) : beside(0);
  const width = Math.min(columns - indent, WIDEST_TEXT);
  const calm = check.status === 'ok' || check.status === 'not-checked' ? paint.dim : same;
  const found = wrapText(safeText(check.found), width).map((line) => calm(line));
  const remedy = check.remedy === undefined ? [] : remedyLines(safeText(check.remedy), width, paint);
  const blank = ' '.repeat(indent);
  const id = safeText(check.id.replace(FAMILY, ''));
  const head = `  ${status}  ${isBeside ? pad(id, ID_COLUMNS) : id}`;
  const [first = '', ...more] = [...found, ...remedy];
  if (isBeside) return [`${head}${first}`, ...more.map((line) => `${blank}${line}`)];
  return [head, ...[first, ...more].map((line) => `${blank}${line}`)];
}

/** Said by the title of the group. */
const FAMILY = /^(?:privilege|capability|unsettled)\./;

/** Names of own lists hold a GUID: one that would be broken beside its check is whole below it. */
function fitsBeside(text: string, room: number): boolean {
  return room >= NARROWEST_TEXT && text.split(' ').every((word) => displayWidth(word) <= room - ARROW_COLUMNS);
}

const beside = (idColumns: number): number => 2 + STATUS_COLUMNS + 2 + idColumns;
const same = (text: string): string => text;

function remedyLines(remedy: string, width: number, paint: Paint): readonly string[] {
  return wrapText(remedy, width - ARROW_COLUMNS).map((line, place) =>
    place === 0 ? `${paint.cyan('→')} ${line}` : `  ${line}`,
  );
}
