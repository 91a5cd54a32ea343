/** The checks as a person reads them: problems first, each with its remedy; what is fine in one line per group, or whole with --verbose. */
import { groupBy } from '../../dataverse/groups.ts';
import { quoted } from '../../run/command-line.ts';
import { plural } from '../../run/counts.ts';
import type { Check, CheckStatus } from '../../sync/check.ts';
import { displayWidth, pad, truncate } from '../../terminal/display-width.ts';
import { loadPaint, type Paint } from '../../terminal/paint.ts';
import { safeText } from '../../terminal/safe-text.ts';
import type { Output } from '../../terminal/terminal.ts';
import { piecesOf, wrapText } from '../../terminal/wrap-text.ts';

type ReportOptions = {
  /** Every check, with the ids of campaigns and lists. */
  readonly isVerbose: boolean;
};

const TITLES: Readonly<Record<string, string>> = {
  privilege: 'Privileges',
  capability: 'Capabilities',
  marketo: 'Marketo',
  unsettled: 'Undocumented behavior, as seen here',
  campaigns: 'Campaigns',
};

type Group = { readonly title: string; readonly checks: readonly Check[]; readonly worst: CheckStatus };

type Layout = ReportOptions & { readonly columns: number; readonly paint: Paint };

/** Campaigns with warnings only, and those without a finding, are counted beyond so many: there may be thousands. */
const CAMPAIGNS_SHOWN = 20;

export async function writeReport(stdout: Output, checks: readonly Check[], options: ReportOptions): Promise<void> {
  const layout = { ...options, columns: stdout.columns, paint: await loadPaint(stdout.colour) };
  const groups = [...groupBy(checks.map(options.isVerbose ? asItIs : withCodes), titleOf)].map(
    ([title, ofGroup]): Group => ({ title, checks: ofGroup, worst: worstOf(ofGroup) }),
  );
  const of = (...statuses: readonly CheckStatus[]) => groups.filter(({ worst }) => statuses.includes(worst));
  const isWhole = ({ checks: [first] }: Group): boolean =>
    options.isVerbose || first?.id.startsWith('unsettled.') === true;
  const fine = of('ok', 'not-checked');
  const again = options.isVerbose ? new Set<Group>() : sayingTheSame(of('warning'));
  const warned = shortened(of('warning').filter((group) => !again.has(group)));
  const warnedAgain = shortened([...again]);
  const calm = shortened(fine.filter((group) => !isWhole(group)));
  const parts = [
    ...[...of('problem'), ...(options.isVerbose ? of('warning') : warned.shown), ...fine.filter(isWhole)].map((group) =>
      groupLines(group, layout),
    ),
    [
      ...inOneLine(warnedAgain.shown, layout),
      ...(options.isVerbose ? [] : moreLines(warned.more + warnedAgain.more, 'with warnings')),
    ],
    [
      ...inOneLine(
        calm.shown.filter((group) => !isOfCampaign(group)),
        layout,
      ),
      ...inOneLine(calm.shown.filter(isOfCampaign), layout),
      ...moreLines(calm.more, 'without a finding'),
    ],
  ];
  const text = parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
  if (text !== '') await stdout.write(`${text}\n`);
}

function titleOf({ id, campaign }: Check): string {
  if (campaign !== undefined) return `Campaign "${campaign.name}" (${campaign.code || campaign.id})`;
  const [family = ''] = id.split('.');
  if (family === 'campaign' || family === 'lists' || family === 'members') return 'Campaign';
  return TITLES[family] ?? 'Connection';
}

const WORST_FIRST: readonly CheckStatus[] = ['problem', 'warning', 'ok'];

const worstOf = (checks: readonly Check[]): CheckStatus =>
  WORST_FIRST.find((wanted) => checks.some(({ status }) => status === wanted)) ?? 'not-checked';

const isOfCampaign = ({ checks: [first] }: Group): boolean => first?.campaign !== undefined;

/** Campaigns whose warnings and remedies are all those of campaigns before them, as where somebody else adds people everywhere. */
function sayingTheSame(groups: readonly Group[]): ReadonlySet<Group> {
  const said = new Set<string>();
  return new Set(
    groups.filter((group) => {
      const known = said.size;
      for (const { id, remedy } of findingsOf(group)) said.add(`${id} ${remedy}`);
      return isOfCampaign(group) && said.size === known;
    }),
  );
}

const findingsOf = ({ checks }: Group): readonly Check[] =>
  checks.filter(({ status }) => status === 'problem' || status === 'warning');

/** The first so many campaigns, everything else, and the number of the campaigns left out. */
function shortened(groups: readonly Group[]): { readonly shown: readonly Group[]; readonly more: number } {
  const more = new Set(groups.filter(isOfCampaign).slice(CAMPAIGNS_SHOWN));
  return { shown: groups.filter((group) => !more.has(group)), more: more.size };
}

function moreLines(more: number, what: string): readonly string[] {
  return more === 0 ? [] : [`… and ${plural(more, 'more campaign')} ${what}. --verbose shows all.`];
}

/** A title and its checks; without --verbose only the findings. */
function groupLines(group: Group, layout: Layout): readonly string[] {
  const { title, checks } = group;
  const findings = findingsOf(group);
  const shown = foldAlike(layout.isVerbose || findings.length === 0 ? checks : findings);
  return [
    layout.paint.bold(safeText(title)),
    ...shown.flatMap((check) => checkLines(check, layout.columns, layout.paint)),
  ];
}

/** The check that speaks for its group where all is well; of other groups the number is enough. */
const SPOKESMEN: ReadonlySet<string> = new Set(['connection', 'marketo.solution', 'campaigns', 'members']);

/** A line per group. What its title leaves room for says most of it. */
function inOneLine(groups: readonly Group[], { columns, paint }: Layout): readonly string[] {
  const room = columns - beside(0);
  const titles = groups.map(({ title }) => truncate(safeText(title.replace(/^Campaign (?=")/, '')), room));
  const width = Math.max(0, ...titles.map(displayWidth));
  return groups.map((group, place) => {
    const { checks, worst } = group;
    const [finding] = findingsOf(group);
    const spoken = finding ?? checks.find(({ id }) => worst === 'not-checked' || SPOKESMEN.has(id));
    const text = spoken?.found ?? plural(checks.length, 'check');
    const head = pad(titles[place] ?? '', width);
    const left = room - width - GAP;
    const said = left < NARROWEST_SUMMARY ? '' : paint.dim(truncate(safeText(text), left));
    return `  ${statusText(worst, paint)}  ${head}${' '.repeat(GAP)}${said}`.trimEnd();
  });
}

const GAP = 2;
/** With less room nothing is said beside a title. */
const NARROWEST_SUMMARY = 12;

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

const asItIs = (check: Check): Check => check;

/** For people: campaigns by their codes, quoted for a shell, lists by their names alone. */
function withCodes(check: Check): Check {
  const { codes = new Map<string, string>() } = check;
  const shortText = (text: string): string =>
    text.replace(CAMPAIGN_ID, (whole, id: string) => quotedOr(codes.get(id), whole)).replace(ID_BEHIND_NAME, '"');
  return { ...check, found: shortText(check.found), remedy: check.remedy && shortText(check.remedy) };
}

const quotedOr = (word: string | undefined, otherwise: string): string =>
  word === undefined ? otherwise : quoted(word);

const GUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** Not the one in the name of an own list. */
const CAMPAIGN_ID = new RegExp(`(?<![\\w-])(?:id:)?(${GUID})(?![\\w-])`, 'g');
const ID_BEHIND_NAME = new RegExp(`" (?:\\(${GUID}\\)|${GUID})`, 'g');

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

function statusText(status: CheckStatus, paint: Paint): string {
  const colours = { ok: paint.green, warning: paint.yellow, problem: paint.red, 'not-checked': paint.dim };
  return colours[status](pad(WORDS[status], STATUS_COLUMNS));
}

/** One check as lines of the report. */
export function checkLines(check: Check, columns: number, paint: Paint): readonly string[] {
  const isBeside = fitsBeside([check.found, check.remedy ?? ''].join(' '), columns - beside(ID_COLUMNS));
  const indent = isBeside ? beside(ID_COLUMNS) : beside(0);
  const width = Math.min(columns - indent, WIDEST_TEXT);
  const calm = check.status === 'ok' || check.status === 'not-checked' ? paint.dim : same;
  const found = wrapText(safeText(check.found), width).map((line) => calm(line));
  const remedy = check.remedy === undefined ? [] : remedyLines(safeText(check.remedy), width, paint);
  const blank = ' '.repeat(indent);
  const id = safeText(check.id.replace(FAMILY, ''));
  const head = `  ${statusText(check.status, paint)}  ${isBeside ? pad(id, ID_COLUMNS) : id}`;
  const [first = '', ...more] = [...found, ...remedy];
  if (isBeside) return [`${head}${first}`, ...more.map((line) => `${blank}${line}`)];
  return [head, ...[first, ...more].map((line) => `${blank}${line}`)];
}

/** Said by the title of the group. */
const FAMILY = /^(?:privilege|capability|unsettled)\./;

/** Names of own lists hold a GUID, and commands are long: what would be broken beside its check is whole below it. */
function fitsBeside(text: string, room: number): boolean {
  return room >= NARROWEST_TEXT && piecesOf(text).every((piece) => displayWidth(piece) <= room - ARROW_COLUMNS);
}

const beside = (idColumns: number): number => 2 + STATUS_COLUMNS + 2 + idColumns;
const same = (text: string): string => text;

function remedyLines(remedy: string, width: number, paint: Paint): readonly string[] {
  return wrapText(remedy, width - ARROW_COLUMNS).map((line, place) =>
    place === 0 ? `${paint.cyan('→')} ${line}` : `  ${line}`,
  );
}

/** The command of the first remedy, of a problem before that of a warning: what to begin with. */
export function firstCommand(checks: readonly Check[]): string | undefined {
  const commands = (wanted: CheckStatus): readonly string[] =>
    checks
      .filter(({ status }) => status === wanted)
      .map(withCodes)
      .flatMap(({ remedy = '' }) => /`(dyncamp [^`]+)`/.exec(remedy)?.[1] ?? []);
  return [...commands('problem'), ...commands('warning')][0];
}
