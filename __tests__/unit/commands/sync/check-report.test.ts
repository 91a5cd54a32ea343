import { checkLines, firstCommand, writeReport } from '../../../../src/commands/sync/check-report.ts';
import { type Check, type Finding, notChecked, ok, problem, warning } from '../../../../src/sync/check.ts';
import { displayWidth } from '../../../../src/terminal/display-width.ts';
import { loadPaint } from '../../../../src/terminal/paint.ts';
import { fakeTerminal } from '../../../support/terminal.ts';

const SPRING = { id: 'c1', name: 'Spring', code: 'SPRING' };
const of = (id: string, finding: Finding, campaign?: Check['campaign']): Check => ({ id, ...finding, campaign });

type Options = { readonly columns?: number; readonly isVerbose?: boolean };

async function report(checks: readonly Check[], { columns = 120, isVerbose = false }: Options = {}): Promise<string> {
  const fake = fakeTerminal({ tty: { stdout: true }, columns, env: { NO_COLOR: '1' } });
  await writeReport(fake.terminal.stdout, checks, { isVerbose });
  return fake.stdout();
}

describe('writeReport', () => {
  const CHECKS = [
    of('connection', ok('It answers.')),
    of('sign-in', ok('Signed in.')),
    of('privilege.prvReadLead', problem('Missing.', 'Give it.')),
    of('privilege.prvReadList', ok('Global.')),
    of('campaign', ok('Active.'), SPRING),
    of('members', ok('2 on the own lists.'), SPRING),
    of('lists.renamed', warning('Renamed.'), { id: 'c2', name: 'Fair', code: '' }),
  ];

  it('has problems first, then warnings, and a line for each group without a finding', async () => {
    await expect(report(CHECKS)).resolves.toBe(
      [
        'Privileges',
        '  PROBLEM      prvReadLead            Missing.',
        '                                      → Give it.',
        '',
        'Campaign "Fair" (c2)',
        '  warning      lists.renamed          Renamed.',
        '',
        '  ok           Connection  It answers.',
        '  ok           "Spring" (SPRING)  2 on the own lists.',
        '',
      ].join('\n'),
    );
  });

  it('has every check with --verbose, in the same order', async () => {
    const text = await report(CHECKS, { isVerbose: true });
    expect(text.split('\n').filter((line) => /^\S/.test(line))).toEqual([
      'Privileges',
      'Campaign "Fair" (c2)',
      'Connection',
      'Campaign "Spring" (SPRING)',
    ]);
    expect(text).toContain('prvReadList            Global.');
  });

  it('names campaigns by their codes and lists without their ids, in commands too', async () => {
    const [list, other] = ['77d0c1a5-2e94-4f38-b6a0-51c9e0d20003', 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0011'];
    const found = `Own list "Mkto-leads-${other}" (${list}) is linked to another campaign too ("Fair" ${other}; "Old" ${list}).`;
    const check = {
      ...of('lists.shared', problem(found, `\`dyncamp sync repair id:${other}\``), SPRING),
      id: 'lists.shared',
    };
    const codes = new Map([[other, 'FAIR 1']]);
    const text = (await report([{ ...check, codes }])).replaceAll(/\s+/g, ' ');
    expect(text).toContain(
      `Own list "Mkto-leads-${other}" is linked to another campaign too ("Fair" "FAIR 1"; "Old").`,
    );
    expect(text).toContain('`dyncamp sync repair "FAIR 1"`');
    await expect(report([{ ...check, codes }], { isVerbose: true })).resolves.toContain(`sync repair id:${other}`);
  });

  it('counts campaigns beyond the first twenty, and shows every problem', async () => {
    const many = (count: number, kind: string, finding: Finding) =>
      Array.from({ length: count }, (_, at) =>
        of('members', finding, { id: `${kind}${at}`, name: `${kind}${at}`, code: '' }),
      );
    const checks = [
      ...many(25, 'fine', ok('1.')),
      ...many(22, 'warned', warning('2.')),
      ...many(30, 'bad', problem('3.')),
    ];
    const text = await report(checks);
    expect(text.match(/PROBLEM/g)).toHaveLength(30);
    expect(text).toMatch(/ warning +"warned20" .* 2\.\n… and/);
    expect(text).toContain('… and 1 more campaign with warnings. --verbose shows all.');
    expect(text.trimEnd()).toMatch(/fine19"[^\n]*\n… and 5 more campaigns without a finding\. --verbose shows all\.$/);
    await expect(report(checks, { isVerbose: true })).resolves.toContain('"fine24"');
  });

  it('says the remedy of a warning once, and names the other campaigns that it is for in a line each', async () => {
    const checks = ['A', 'B', 'C'].map((name) =>
      of(
        'members',
        warning(`2 added by ${name === 'C' ? 'Kim' : 'Erika'}.`, name === 'C' ? 'Ask Kim.' : 'Ask Erika.'),
        {
          id: name,
          name,
          code: '',
        },
      ),
    );
    const text = await report(checks);
    expect(text.match(/Ask Erika/g)).toHaveLength(1);
    expect(text).toContain('→ Ask Kim.');
    expect(text).toContain('\n  warning      "B" (B)  2 added by Erika.\n');
  });

  it('says why a group was not checked', async () => {
    const checks = ['version', 'organization'].map((id) => of(id, notChecked('Skipped.')));
    await expect(report(checks)).resolves.toBe('  not checked  Connection  Skipped.\n');
  });

  it('folds what was not checked for one reason, and keeps other reasons apart', async () => {
    const text = await report(
      [
        of('lists.static', notChecked('No list.')),
        of('lists.active', notChecked('No list.')),
        of('members', notChecked('Refused.')),
      ],
      { isVerbose: true },
    );
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

describe('firstCommand', () => {
  it('is that of the first problem that has one, else of a warning', () => {
    const warned = of('lists.renamed', warning('Renamed.', 'See: `dyncamp sync repair X`.'));
    const problems = [
      of('user', problem('No.', 'Ask.')),
      of('campaign', problem('No.', 'Or: `dyncamp profiles list`.')),
    ];
    expect(firstCommand([warned, ...problems])).toBe('dyncamp profiles list');
    expect(firstCommand([of('user', problem('No.')), warned])).toBe('dyncamp sync repair X');
    expect(firstCommand([of('user', ok('Yes.'))])).toBeUndefined();
  });
});
