/** `dyncamp runs`: what was done from this machine, taking it back, and going on where a run was killed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MARKETO, useCampaignCli } from '../support/campaign-cli.ts';
import type { Json } from '../support/emulator.ts';
import { createHome, jsonLines } from '../support/run-cli.ts';

const PEOPLE = 1000;
const cli = useCampaignCli({ people: PEOPLE });
const person = (number: number): string => `person${number}@people.example`;
const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `${person(from + index)}\n`).join('');
const runOf = (event: Json | undefined): string => JSON.parse(JSON.stringify(event ?? {})).data.run;
const idsOf = (events: readonly Json[]): readonly string[] => events.map(({ id }) => String(id)).sort();

describe('runs list and runs show', () => {
  it('show what was run, newest first, with counts, times and exit code, and without a network', async () => {
    const home = createHome();
    const campaign = await cli.make.campaign({ name: 'Looked at' });
    const added = await cli.change(['add', `id:${campaign}`, person(1), person(2), 'nobody@none.example'], { home });
    expect(added.code).toBe(68);
    await cli.change(['remove', `id:${campaign}`, person(1)], { home });
    cli.api.emulator().admin.clearRequests();
    const listed = jsonLines((await cli.run(['runs', 'list'], { home })).stdout);
    expect(listed.map(({ command, status, exitCode, counts }) => ({ command, status, exitCode, counts }))).toEqual([
      { command: 'remove', status: 'finished', exitCode: 0, counts: { removed: 1 } },
      { command: 'add', status: 'finished', exitCode: 68, counts: { added: 2, 'cannot-create': 1 } },
    ]);
    const id = runOf(added.events[0]);
    const shown = await cli.run(['runs', 'show', id.slice(0, 9), '-o', 'json'], { home });
    expect(JSON.parse(shown.stdout)).toEqual({
      id,
      command: 'add',
      campaign: 'Looked at',
      campaignId: campaign,
      started: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      finished: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      status: 'finished',
      exitCode: 68,
      outcomes: '2 added, 1 cannot-create',
      counts: { added: 2, 'cannot-create': 1 },
      events: 2,
      openIntents: 0,
      undeliveredEvents: 0,
    });
    const table = await cli.run(['runs', 'show', id, '-o', 'table'], { home });
    expect(table.stdout).toMatch(/^Added +2$/m);
    expect(cli.api.emulator().requests()).toEqual([]);
    const limited = await cli.run(['runs', 'list', '-n', '1'], { home });
    expect(jsonLines(limited.stdout)).toHaveLength(1);
    expect(limited.stderr).toContain('For more: -n 5');
    expect(jsonLines((await cli.run(['runs', 'list', '--campaign', 'looked AT'], { home })).stdout)).toHaveLength(2);
    home.remove();
  });

  it('give the failed rows again, which --only-failed takes where nobody has to be created', async () => {
    const home = createHome();
    const campaign = await cli.make.campaign({ name: 'Failed and kept' });
    const file = cli.file('mixed.csv', `email\n${person(1)}\nnobody@none.example\nno address\n`);
    const { events } = await cli.change(['add', `id:${campaign}`, '-f', file], { home });
    const show = ['runs', 'show', runOf(events[0]), '--failed'];
    const rows = jsonLines((await cli.run(show, { home })).stdout);
    expect(rows).toMatchObject([
      { source: file, line: 3, ref: 'nobody@none.example', outcome: 'cannot-create', message: expect.any(String) },
      { source: file, line: 4, ref: 'no address', outcome: 'invalid', command: 'add', campaignId: campaign },
    ]);
    const table = await cli.run([...show, '-o', 'table'], { home });
    expect(table.stdout).toMatch(/^ {2}line 3 \(nobody@none\.example\): cannot be created\. No one in Dynamics/m);
    const csv = cli.file('failed.csv', (await cli.run([...show, '-o', 'csv'], { home })).stdout);
    const again = ['add', `id:${campaign}`, '-f', csv, '--only-failed'];
    const refused = await cli.change(again, { home });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('Use the file that --results wrote');
    const taken = await cli.change([...again, '--no-create'], { home });
    expect(taken.code).toBe(68);
    expect(taken.stderr).toContain('2 failed (1 not valid, 1 not found).');
    home.remove();
  });

  it('say what was probably meant by a run that is not there, with exit 2', async () => {
    const campaign = await cli.make.campaign({ name: 'Mistyped' });
    const { events } = await cli.change(['add', `id:${campaign}`, person(1)]);
    const id = runOf(events[0]);
    const mistyped = id.slice(0, 11) + (id[11] === '0' ? '1' : '0');
    const shown = await cli.run(['runs', 'show', mistyped]);
    expect(shown).toMatchObject({ stdout: '', code: 2 });
    expect(shown.stderr).toContain(`Did you mean ${id}?`);
    expect(await cli.run(['runs', 'undo', 'zzz'])).toMatchObject({ stdout: '', code: 2 });
  });

  it('say that nothing was run on a fresh machine, and make no journal', async () => {
    const home = createHome();
    const listed = await cli.run(['runs', 'list'], { home });
    expect(listed).toMatchObject({ stdout: '', code: 0 });
    expect(listed.stderr).toContain('There are no runs');
    expect(await cli.run(['runs', 'show', 'abc'], { home })).toMatchObject({ code: 2 });
    home.remove();
  });
});

describe('runs undo', () => {
  it('takes out whom the run added and nobody else, and leaves created people in Dynamics, named', async () => {
    const campaign = await cli.make.campaign({ name: 'Undone' });
    await cli.change(['add', `id:${campaign}`, person(1)]);
    const people = `email,last name\n${person(1)},\n${person(2)},\n${person(3)},\nneu@undo.example,Neu\n`;
    const added = await cli.change(['add', `id:${campaign}`, '-'], { stdin: people });
    expect(added.events).toHaveLength(4);
    const run = runOf(added.events[0]);

    cli.writes();
    // Somebody who was created a moment ago may not show yet (U22), and would not be found.
    cli.api.emulator().admin.settleReads();
    const planned = await cli.outcomes(['runs', 'undo', run, '--dry-run']);
    expect(planned).toMatchObject({ stdout: '', code: 0 });
    expect(planned.rows.map(({ outcome, dryRun }) => [outcome, dryRun])).toEqual([
      ['removed', true],
      ['removed', true],
      ['removed', true],
    ]);
    expect(cli.writes()).toEqual([]);

    const undone = await cli.change(['runs', 'undo', run, '--yes']);
    expect(undone.code).toBe(0);
    expect([...undone.told].sort()).toEqual([
      'removed contact person2@people.example',
      'removed lead neu@undo.example',
      'removed lead person3@people.example',
    ]);
    expect(undone.stderr).toMatch(/One person created by the run stays in Dynamics: lead:[0-9a-f-]{36}\.$/m);
    expect(await cli.peopleIn(campaign)).toEqual([person(1)]);
    expect(await cli.api.rows("leads?$filter=emailaddress1 eq 'neu@undo.example'")).toHaveLength(1);

    const again = await cli.outcomes(['runs', 'undo', run, '--yes']);
    expect(again).toMatchObject({ stdout: '', code: 0 });
    expect(again.rows.map(({ outcome }) => outcome)).toEqual(['not-member', 'not-member', 'not-member']);
    const back = await cli.change(['runs', 'undo', runOf(undone.events[0]), '--yes']);
    expect(back.told.every((told) => told.startsWith('added '))).toBe(true);
    expect(await cli.peopleIn(campaign)).toEqual(['neu@undo.example', person(1), person(2), person(3)]);
  });

  it('needs --yes and eight characters of the id where there is no terminal, before anything is asked of Dynamics', async () => {
    const campaign = await cli.make.campaign({ name: 'Unattended' });
    const added = await cli.change(['add', `id:${campaign}`, person(1)]);
    const run = runOf(added.events[0]);
    cli.api.emulator().admin.clearRequests();
    const unanswered = await cli.change(['runs', 'undo', run]);
    expect(unanswered).toMatchObject({ stdout: '', code: 2 });
    expect(unanswered.stderr).toContain('take back what it changed in campaign');
    expect(unanswered.stderr).toContain('--yes');
    const short = await cli.change(['runs', 'undo', run.slice(0, 7), '--yes']);
    expect(short).toMatchObject({ stdout: '', code: 2 });
    expect(short.stderr).toContain('at least 8 characters');
    expect(cli.api.emulator().requests()).toEqual([]);
    expect(await cli.change(['runs', 'undo', run.slice(0, 7), '--dry-run'])).toMatchObject({ stdout: '', code: 0 });
    expect((await cli.change(['runs', 'undo', run.slice(0, 8), '--yes'])).told).toHaveLength(1);
    expect(await cli.peopleIn(campaign)).toEqual([]);
  });

  it('puts back whom the run removed', async () => {
    const campaign = await cli.make.campaign({ name: 'Put back' });
    await cli.change(['add', `id:${campaign}`, '-'], { stdin: numbered(1, 6) });
    const removed = await cli.change(['remove', `id:${campaign}`, '-'], { stdin: numbered(1, 4) });
    expect(removed.events).toHaveLength(4);
    await cli.change(['add', `id:${campaign}`, person(4)]);
    const undone = await cli.outcomes(['runs', 'undo', runOf(removed.events[0]), '--yes']);
    expect(undone.code).toBe(0);
    expect(undone.rows.map(({ outcome }) => outcome).sort()).toEqual(['added', 'added', 'added', 'already-member']);
    expect(await cli.peopleIn(campaign)).toEqual([1, 2, 3, 4, 5, 6].map(person));
  });

  it('leaves people who were taken out and put in again since, by another run or by somebody else', async () => {
    const campaign = await cli.make.campaign({ name: 'In again' });
    const added = await cli.change(['add', `id:${campaign}`, person(1), person(3), person(5)]);
    const [leads] = await cli.ownLists(campaign);
    await cli.change(['remove', `id:${campaign}`, person(1), person(3)]);
    await cli.change(['add', `id:${campaign}`, person(1)]);
    const three = await cli.api.rows(`leads?$select=leadid&$filter=emailaddress1 eq '${person(3)}'`);
    await cli.putOn(
      String(leads?.listid),
      'lead',
      three.map(({ leadid }) => String(leadid)),
      MARKETO,
    );
    const undone = await cli.outcomes(['runs', 'undo', runOf(added.events[0]), '--yes']);
    expect(undone.code).toBe(0);
    expect(Object.fromEntries(undone.rows.map((row) => [row['in.email'], row.outcome]))).toEqual({
      [person(1)]: 'added-by-other',
      [person(3)]: 'added-by-other',
      [person(5)]: 'removed',
    });
    expect(undone.stderr).toContain('added again since');
    expect(await cli.peopleIn(campaign)).toEqual([person(1), person(3)]);
  });

  it('has nothing to do for a run that changed nobody', async () => {
    const campaign = await cli.make.campaign({ name: 'Nothing' });
    await cli.change(['remove', `id:${campaign}`, person(1)]);
    const [last] = jsonLines((await cli.run(['runs', 'list', '-n', '1'])).stdout);
    const undone = await cli.change(['runs', 'undo', String(last?.id), '--yes']);
    expect(undone).toMatchObject({ stdout: '', code: 0 });
    expect(undone.stderr).toContain('did not add or remove anyone');
  });
});

describe('a run that is killed', () => {
  it('is finished by the same command: every change once, every event under one id, every person done', async () => {
    const home = createHome();
    const campaign = await cli.make.campaign({ name: 'Killed' });
    const args = ['add', `id:${campaign}`, '--batch-size', '50', '--concurrency', '2', '-'];
    const running = cli.start(args, { home });
    running.stdin.end(numbered(1, PEOPLE));
    await running.waitFor('stdout', '\n');
    running.kill('SIGKILL');
    const killed = await running.ended;
    expect(killed.signal).toBe('SIGKILL');
    // The last line may be cut off: it was never marked as told.
    const before = jsonLines(killed.stdout.slice(0, killed.stdout.lastIndexOf('\n') + 1));
    const undoing = await cli.run(['runs', 'list', '-n', '1'], { home });
    const [dead] = jsonLines(undoing.stdout);
    expect(dead).toMatchObject({ command: 'add', status: 'stopped', exitCode: null });

    const report = join(home.directory, 'again.json');
    const again = await cli.outcomes([...args, '--report', report], { home, stdin: numbered(1, PEOPLE) });
    expect(again.code).toBe(0);
    expect(again.rows).toHaveLength(PEOPLE);
    expect([...new Set(again.rows.map(({ outcome }) => outcome))]).toEqual(['added']);
    expect(await cli.peopleIn(campaign)).toHaveLength(PEOPLE);
    const all = [...before, ...again.events];
    expect(new Set(idsOf(all)).size).toBe(PEOPLE);
    const replayed = jsonLines((await cli.run(['events', 'replay', '--all'], { home })).stdout);
    expect(replayed).toHaveLength(PEOPLE);
    expect(new Set(idsOf(replayed))).toEqual(new Set(idsOf(all)));
    const shown = await cli.run(['runs', 'show', String(dead?.id)], { home });
    expect(jsonLines(shown.stdout)).toMatchObject([{ status: 'stopped', openIntents: 0, undeliveredEvents: 0 }]);

    // Nobody is counted twice: summary, report and runs list agree.
    const [repeated, first] = jsonLines((await cli.run(['runs', 'list', '-n', '2'], { home })).stdout);
    const countOf = (run: Json | undefined): number => Number(JSON.parse(JSON.stringify(run ?? {})).counts.added);
    const earlier = countOf(first);
    expect(earlier + countOf(repeated)).toBe(PEOPLE);
    const short = String(dead?.id).slice(0, 8);
    expect(again.stderr).toContain(`Added ${PEOPLE - earlier}. ${earlier} more were added by run ${short}.`);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
      people: PEOPLE,
      outcomes: { added: PEOPLE - earlier },
      addedByEarlierRun: earlier,
    });

    const own = again.events.map(runOf).find((id) => id !== dead?.id);
    const undone = await cli.change(['runs', 'undo', String(own), '--yes'], { home });
    expect(undone.stderr).toContain(`took over from run ${short}, which had added ${earlier} people`);
    expect(undone.stderr).toContain(`dyncamp runs undo ${short}`);
    expect(await cli.peopleIn(campaign)).toHaveLength(PEOPLE - undone.events.length);
    expect(undone.events).toHaveLength(PEOPLE - earlier);
    home.remove();
  });
});
