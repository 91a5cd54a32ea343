/** Says which columns of an input are not used: unknown ones, those that look like consent, and those that appear twice. */
import { looksLikeConsent, looksLikeOptOut } from './header-names.ts';
import { type ColumnPlan, repeatedNames } from './headers.ts';
import { sourceName } from './input-row.ts';
import { type InputNotice, type OnNotice, remember } from './notices.ts';
import { shorten } from './person-text.ts';

/** Reports unused columns, each name once, and no more names than anybody reads. */
export function columnNotifier(source: string, onNotice: OnNotice | undefined): (plan: ColumnPlan) => void {
  const isNew = remember();
  const [fewUnknown, fewConsent, fewTwice] = [firstFew(), firstFew(), firstFew()];
  let last: ColumnPlan | undefined;
  return (plan) => {
    if (onNotice === undefined || plan === last) return;
    last = plan;
    const { names, roles, unknown } = plan;
    const used = usedNames(names, roles);
    const notUsed = [...new Set(unknown)].filter((name) => !used.has(name) && isNew(name));
    const consent = notUsed.filter(looksLikeConsent);
    const others = fewUnknown(notUsed.filter((name) => !looksLikeConsent(name)));
    if (others.named.length + others.more > 0) onNotice(unknownColumns(source, others));
    const unused = fewConsent(consent);
    for (const name of unused.named) onNotice(unusedConsent(source, name));
    if (unused.more > 0) onNotice(moreConsent(source));
    const twice = fewTwice(repeatedNames(names).filter((name) => isNew(`twice ${name}`)));
    for (const name of twice.named) onNotice(columnTwice(source, name, used.has(name)));
    if (twice.more > 0) onNotice(moreTwice(source));
  };
}

/** Those whose first column is used. */
function usedNames(names: readonly string[], roles: ColumnPlan['roles']): ReadonlySet<string> {
  const seen = new Set<string>();
  const used = new Set<string>();
  for (const [index, name] of names.entries()) {
    const as = roles[index]?.as ?? 'unknown';
    if (!seen.has(name) && as !== 'unknown' && as !== 'left-out') used.add(name);
    seen.add(name);
  }
  return used;
}

/** Columns of one input that a warning names: an export has hundreds, and JSON may have others in each line. */
const MAX_NAMED = 10;

type Few = { readonly named: readonly string[]; readonly more: number };

function firstFew(): (names: readonly string[]) => Few {
  let left = MAX_NAMED;
  let isOver = false;
  return (names) => {
    const named = names.slice(0, left);
    left -= named.length;
    const more = isOver ? 0 : names.length - named.length;
    isOver ||= more > 0;
    return { named, more };
  };
}

const unknownColumns = (source: string, { named, more }: Few): InputNotice => ({
  code: 'UNKNOWN_COLUMNS',
  message: `Ignored columns in ${sourceName(source)}: ${unknownText(named, more)}.`,
  hint: 'To use one, give its Dynamics column: --map "Header=column".',
});

function unknownText(named: readonly string[], more: number): string {
  if (named.length === 0) return 'other columns of further lines';
  return `${named.map(shorten).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const columnTwice = (source: string, name: string, isUsed: boolean): InputNotice => ({
  code: 'COLUMN_TWICE',
  message: `${sourceName(source)}: the column "${shorten(name)}" appears twice; ${isUsed ? 'the first one is used' : 'it is not used'}.`,
});

const moreTwice = (source: string): InputNotice => ({
  code: 'COLUMN_TWICE',
  message: `${sourceName(source)}: more columns appear twice; they are not named here.`,
});

const moreConsent = (source: string): InputNotice => ({
  code: 'CONSENT_NOT_USED',
  message: `${sourceName(source)}: more columns look like consent and are not used; they are not named here.`,
  hint: 'Leave out people who did not agree, e.g. with --exclude.',
});

const unusedConsent = (source: string, name: string): InputNotice => ({
  code: 'CONSENT_NOT_USED',
  message: `${sourceName(source)}: the column "${shorten(name)}" looks like consent and is not used: people who are created do not get it.`,
  hint: looksLikeOptOut(name)
    ? `If it says who must not get e-mail, use it: --map "${name}=donotbulkemail".`
    : 'Leave out people who did not agree, e.g. with --exclude.',
});
