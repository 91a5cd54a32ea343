/** One check as lines of a report. Pure. */
import type { Check, CheckStatus } from '../../sync/check.ts';
import { displayWidth, pad } from '../../terminal/display-width.ts';
import type { Paint } from '../../terminal/paint.ts';
import { safeText } from '../../terminal/safe-text.ts';
import { wrapText } from '../../terminal/wrap-text.ts';

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
