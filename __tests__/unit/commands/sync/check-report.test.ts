import { checkLines, writeReport } from '../../../../src/commands/sync/check-report.ts';
import { type Check, type Finding, notChecked, ok, problem, warning } from '../../../../src/sync/check.ts';
import { displayWidth } from '../../../../src/terminal/display-width.ts';
import { loadPaint } from '../../../../src/terminal/paint.ts';
import { wrapText } from '../../../../src/terminal/wrap-text.ts';
import { fakeTerminal } from '../../../support/terminal.ts';

const SPRING = { id: 'c1', name: 'Spring', code: 'SPRING' };
const of = (id: string, finding: Finding, campaign?: Check['campaign']): Check => ({ id, ...finding, campaign });

async function report(
  checks: readonly Check[],
  options: { columns?: number; isOneCampaign?: boolean } = {},
): Promise<string> {
  const { columns = 120, isOneCampaign = false } = options;
  const fake = fakeTerminal({ tty: { stdout: true }, columns, env: { NO_COLOR: '1' } });
  await writeReport(
    fake.terminal.stdout,
    (async function* () {
      yield* checks;
    })(),
    { isOneCampaign },
  );
  return fake.stdout();
}

describe('writeReport', () => {
  it('groups checks by what they are about, each with its remedy below', async () => {
    const checks = [of('connection', ok('Answers.')), of('privilege.prvReadLead', problem('Missing.', 'Give it.'))];
    await expect(report(checks)).resolves.toBe(
      [
        'Connection',
        '  ok           connection             Answers.',
        '',
        'Privileges',
        '  PROBLEM      prvReadLead            Missing.',
        '                                      → Give it.',
        '',
      ].join('\n'),
    );
  });

  it('sums up what is fine of one campaign among many', async () => {
    const checks = ['campaign', 'lists.static', 'lists.active'].map((id) => of(id, ok('Fine.'), SPRING));
    const all = [...checks, of('members', ok('2.'), SPRING), of('lists.renamed', warning('Renamed.'), SPRING)];
    await expect(report(all)).resolves.toBe(
      [
        'Campaign "Spring" (c1)',
        '  ok           members                2.',
        '  warning      lists.renamed          Renamed.',
        '  ok           3 more                 campaign, static, active.',
        '',
      ].join('\n'),
    );
  });

  it('shows every check of the one campaign that was named', async () => {
    const checks = ['campaign', 'lists.static'].map((id) => of(id, ok('Fine.'), SPRING));
    await expect(report(checks, { isOneCampaign: true })).resolves.toContain('lists.static           Fine.');
  });

  it('folds what was not checked for one reason, and keeps other reasons apart', async () => {
    const text = await report([
      of('lists.static', notChecked('No list.')),
      of('lists.active', notChecked('No list.')),
      of('members', notChecked('Refused.')),
    ]);
    expect(text).toContain('2 checks               No list. (lists.static, lists.active)');
    expect(text).toContain('members                Refused.');
  });

  it('folds problems of one reason, as those that one refused read makes', async () => {
    const text = await report([
      of('capability.AddMemberList', problem('Refused.', 'Ask.')),
      of('capability.AddItemCampaign', problem('Refused.', 'Ask.')),
    ]);
    expect(text).toContain('2 checks               Refused. (AddMemberList, AddItemCampaign)');
  });

  it('folds the questions that reading does not answer', async () => {
    const text = await report([
      of('unsettled.U1', notChecked('A: no.')),
      of('unsettled.U2', notChecked('B: no.')),
      of('unsettled.U9', ok('Yes.')),
    ]);
    expect(text).toContain('-o jsonl says why. (U1, U2)');
  });

  it.each([40, 60, 80, 200])('stays within %d columns', async (columns) => {
    const long =
      'Own list "Mkto-leads" is linked to another campaign too: adding people to one would add them to both. 日本語'.repeat(
        3,
      );
    const text = await report(
      [of('lists.shared', problem(long, long)), of('capability.RemoveListMembersList', ok(long))],
      {
        columns,
      },
    );
    expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(columns);
  });

  it('lets no name steer the terminal', async () => {
    const text = await report([of('members', ok('by "\u202eevil"'), { id: 'c1', name: '\u001b[2J', code: '' })]);
    for (const sign of ['\u001b', '\u202e']) expect(text).not.toContain(sign);
  });
});

describe('checkLines', () => {
  it('colours the status, dims what is fine, and passes each line alone to the paint', async () => {
    const paint = await loadPaint(true);
    const long = 'word '.repeat(40).trim();
    const lines = checkLines(of('connection', ok(long)), 80, paint);
    expect(lines[0]).toContain(paint.green('ok         '));
    expect(lines.join(' ').match(/word/g)).toHaveLength(40);
  });

  it('puts a word that is too long beside its check below it, where it has room', async () => {
    const name = `"Mkto-contacts-${'0'.repeat(36)}"`;
    const lines = checkLines(of('lists.present', ok(name)), 80, await loadPaint(false));
    expect(lines).toEqual(['  ok           lists.present', `               ${name}`]);
  });
});

describe('wrapText', () => {
  it.each([
    ['fits', 20, ['a bb ccc']],
    ['is broken at blanks', 4, ['a bb', 'ccc']],
    ['keeps a long word whole', 2, ['a', 'bb', 'ccc']],
  ])('a text that %s', (_, width, lines) => {
    expect(wrapText('a bb ccc', width)).toEqual(lines);
  });
});
