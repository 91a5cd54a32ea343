/** Runs that were stopped: what the journal and the report say of them, and what the next run makes of what they had sent. */
import { readFileSync } from 'node:fs';
import { until, useCampaignCli } from '../support/campaign-cli.ts';
import { onPty, runOnPty } from '../support/pty.ts';
import { createHome, jsonLines } from '../support/run-cli.ts';

const cli = useCampaignCli({ people: 400 });
const person = (number: number): string => `person${number}@people.example`;
const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `${person(from + index)}\n`).join('');
const hasFired = (): boolean =>
  cli.api
    .emulator()
    .admin.faults()
    .some(({ fired }) => fired > 0);

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends a run with %d, and so say the journal and the report', async (signal, code) => {
  const home = createHome();
  const campaign = await cli.make.campaign({ name: `Stopped by ${signal}` });
  const report = cli.file(`${signal}.json`, '');
  const match = { operation: 'AddListMembersList', inBatch: true };
  cli.api.emulator().admin.addFaults([{ match, times: 1, effect: { kind: 'slow', ms: 700 } }]);
  const args = ['add', `id:${campaign}`, '--batch-size', '20', '--concurrency', '1'];
  const running = cli.start([...args, '--report', report, '-'], { home });
  running.stdin.write(numbered(1, 200));
  await until(hasFired);
  running.kill(signal);
  const stopped = await running.ended;
  expect(stopped.code).toBe(code);
  const [run] = jsonLines((await cli.run(['runs', 'list', '-n', '1'], { home })).stdout);
  expect(run).toMatchObject({ status: 'stopped', exitCode: code, counts: { added: 20 } });
  expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
    exitCode: code,
    outcomes: { added: 20 },
  });
  expect(jsonLines(stopped.stdout)).toHaveLength(20);
  expect(await cli.peopleIn(campaign)).toHaveLength(20);
  home.remove();
});

it('what a killed run had sent and lands during the next one is told by that one, whoever it is about', async () => {
  const home = createHome();
  const campaign = await cli.make.campaign({ name: 'Landed late' });
  await cli.change(['add', `id:${campaign}`, person(399), person(400)], { home });
  const match = { operation: 'AddListMembersList', inBatch: true };
  cli.api.emulator().admin.addFaults([{ match, times: 1, effect: { kind: 'delay-commit', ms: 4_000 } }]);
  const running = cli.start(['add', `id:${campaign}`, '-'], { home });
  running.stdin.end(`${person(1)}\n${person(3)}\n${person(5)}\n`);
  await until(hasFired);
  running.kill('SIGKILL');
  await running.ended;
  cli.api.emulator().admin.clearFaults();
  cli.api.emulator().admin.addFaults([{ match, times: 1, effect: { kind: 'slow', ms: 5_000 } }]);
  const next = await cli.change(['add', `id:${campaign}`, person(7)], { home });
  expect(next.code).toBe(0);
  expect([...next.told].sort()).toEqual([1, 3, 5, 7].map((number) => `added lead ${person(number)}`));
  expect(next.stderr).toContain('Recovered 3 changes that an earlier run had made.');
  expect(next.stderr).not.toContain('not decided yet');
  home.remove();
});

onPty('a terminal', () => {
  it('gets words for what the run itself did, and is told whose events wait for a reader', async () => {
    const home = createHome();
    const campaign = await cli.make.campaign({ name: 'In words' });
    const connected = { DYNCAMP_URL: cli.api.emulator().url, DYNCAMP_ACCESS_TOKEN: 'any' };
    const onTerminal = async (...args: readonly string[]) => {
      const { code, shown } = await runOnPty(args, { home, env: connected }).ended;
      return { code, shown: shown.replaceAll('\r', '') };
    };
    const killed = cli.start(['add', `id:${campaign}`, '-'], { home });
    killed.stdin.write(`${person(1)}\n`);
    await killed.waitFor('stdout', '\n');
    cli.api.emulator().admin.addFaults([
      {
        match: { operation: 'AddListMembersList', inBatch: true },
        times: 1,
        effect: { kind: 'reset-after-commit' },
      },
    ]);
    killed.stdin.write(`${person(2)}\n`);
    await until(hasFired);
    killed.kill('SIGKILL');
    await killed.ended;
    cli.api.emulator().admin.clearFaults();
    expect(await cli.peopleIn(campaign)).toHaveLength(2);
    const added = await onTerminal('add', `id:${campaign}`, '-f', cli.file('words.txt', numbered(2, 30)));
    expect(added.code).toBe(0);
    expect(added.shown).not.toContain('specversion');
    expect(added.shown).toMatch(/^Added person4@people\.example \(contact\)$/m);
    expect(added.shown).toMatch(/… and 8 more\n/);
    const [, run] = jsonLines((await cli.run(['runs', 'list', '-n', '2'], { home })).stdout);
    const short = String(run?.id).slice(0, 8);
    expect(added.shown).toContain(`Added 28. 1 more was added by run ${short}.`);
    expect(added.shown).toContain('1 event of an earlier run was not delivered yet.');
    expect(added.shown).toContain(`dyncamp events replay --run ${short} --undelivered`);
    const waiting = jsonLines((await cli.run(['events', 'replay', '--all', '--undelivered'], { home })).stdout);
    expect(waiting).toMatchObject([{ data: { run: run?.id, person: { email: person(2) } } }]);
    const asData = await onTerminal('remove', `id:${campaign}`, person(5), '-o', 'jsonl');
    expect(asData.shown).toMatch(/^\{"specversion":"1\.0".*"dyncamp\.person\.removed"/m);
    for (const wrong of [['--json'], ['-o', 'json'], ['-o', 'table']])
      expect(await cli.run(['add', `id:${campaign}`, person(6), ...wrong], { home })).toMatchObject({
        stdout: '',
        code: 2,
      });
    home.remove();
  });
});
