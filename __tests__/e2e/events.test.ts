/** `dyncamp events`: what was told is told again, byte for byte, and nothing that nobody took is lost. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MARKETO, until, useCampaignCli } from '../support/campaign-cli.ts';
import { itUnder, type Json } from '../support/emulator.ts';
import { createHome, jsonLines, runCli } from '../support/run-cli.ts';

const PEOPLE = 2000;
const cli = useCampaignCli({ people: PEOPLE });
const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `person${from + index}@people.example\n`).join('');
const idsOf = (text: string): readonly unknown[] => jsonLines(text).map((event) => event.id);
const runOf = (event: Json | undefined): string => JSON.parse(JSON.stringify(event ?? {})).data.run;

describe('events replay', () => {
  it('prints the last run again byte for byte, and events list shows the same ids', async () => {
    const campaign = await cli.make.campaign({ name: 'Replay' });
    const people = 'email,last name\nperson1@people.example,\nperson2@people.example,\nnew@replay.example,Neu\n';
    const added = await cli.change(['add', `id:${campaign}`, '-'], { stdin: people });
    expect(added.told).toHaveLength(4);
    const replayed = await cli.run(['events', 'replay']);
    expect(replayed).toMatchObject({ stdout: added.stdout, code: 0 });
    expect(replayed.stderr).toContain('Printed 4 events of the last run');
    const listed = jsonLines((await cli.run(['events', 'list'])).stdout);
    expect(listed.map(({ id, type, email, delivered }) => ({ id, type, email, delivered }))).toEqual(
      added.events.map((event, place) => ({
        id: event.id,
        type: event.type,
        email: ['person1@people.example', 'person2@people.example', 'new@replay.example', 'new@replay.example'][place],
        delivered: true,
      })),
    );
    const limited = await cli.run(['events', 'list', '-n', '2']);
    expect(jsonLines(limited.stdout)).toEqual(listed.slice(-2));
    expect(limited.stderr).toContain('Showing the last 2 of 4 events.');
  });

  it('shows a table the times of this machine, and data the ISO times', async () => {
    const campaign = await cli.make.campaign({ name: 'Time zones' });
    await cli.change(['add', `id:${campaign}`, 'person1@people.example']);
    const env = { TZ: 'Pacific/Kiritimati' };
    const [event] = jsonLines((await cli.run(['events', 'list'], { env })).stdout);
    const table = await cli.run(['events', 'list', '-o', 'table'], { env });
    // 14 hours before UTC.
    const local = new Date(Date.parse(String(event?.time)) + 14 * 3_600_000).toISOString();
    expect(table.stdout.split('\n')[1]).toContain(local.slice(5, 16).replace('T', ' '));
  });

  it('needs no network: the journal of the only organization, or of the built-in emulator, is found by itself', async () => {
    const home = createHome();
    const emulator = (...args: string[]) => runCli(['--profile', 'emulator', ...args], { home });
    const added = await emulator('add', 'Spring Launch', '-f', 'examples/people.csv');
    const replayed = await emulator('events', 'replay');
    expect(replayed).toMatchObject({ stdout: added.stdout, code: 0 });
    expect(replayed.stderr).not.toContain('emulator');
    expect(await runCli(['events', 'replay'], { home })).toMatchObject({ stdout: added.stdout, code: 0 });
    home.remove();
  });

  it('asks for --organization where there are journals of several, and takes it', async () => {
    const home = createHome();
    const env = { DYNCAMP_URL: cli.api.emulator().url, DYNCAMP_ACCESS_TOKEN: 'token-of-the-test' };
    const campaign = await cli.make.campaign({ name: 'Two organizations' });
    const added = await runCli(['add', `id:${campaign}`, 'person9@people.example'], { home, env });
    const other = '0a6e1f00-1111-4222-8333-444455556666';
    writeFileSync(join(home.state, `${other}.sqlite`), '');
    const unclear = await runCli(['events', 'replay'], { home, env });
    expect(unclear).toMatchObject({ stdout: '', code: 2 });
    expect(unclear.stderr).toContain(`--organization ${other}`);
    const named = await runCli(['events', 'replay', '--organization', cli.api.emulator().organizationId], { home });
    expect(named).toMatchObject({ stdout: added.stdout, code: 0 });
    expect(await runCli(['events', 'replay', '--organization', 'nobody'], { home })).toMatchObject({ code: 2 });
    home.remove();
  });

  it('tells what --no-events kept back', async () => {
    const campaign = await cli.make.campaign({ name: 'Silent' });
    const silent = await cli.change(['add', `id:${campaign}`, '--no-events', '-'], { stdin: numbered(1, 5) });
    expect(silent).toMatchObject({ stdout: '', code: 0 });
    const replayed = await cli.run(['events', 'replay']);
    expect(jsonLines(replayed.stdout)).toHaveLength(5);
    const again = await cli.change(['add', `id:${campaign}`, '-'], { stdin: numbered(1, 5) });
    expect(again).toMatchObject({ stdout: '', code: 0 });
  });

  it('selects by run, campaign and time', async () => {
    const first = await cli.make.campaign({ name: 'Selected one', codename: 'SEL-1' });
    const second = await cli.make.campaign({ name: 'Selected two' });
    const one = await cli.change(['add', `id:${first}`, 'person1@people.example']);
    const two = await cli.change(['add', `id:${second}`, 'person1@people.example']);
    const replay = async (...args: string[]) => (await cli.run(['events', 'replay', ...args])).stdout;
    expect(await replay()).toBe(two.stdout);
    expect(await replay('--run', runOf(one.events[0]).slice(0, 13))).toBe(one.stdout);
    expect(await replay('--campaign', 'Selected one')).toBe(one.stdout);
    expect(await replay('--campaign', 'code:sel-1')).toBe(one.stdout);
    expect(await replay('--campaign', first, '--since', '1h')).toBe(one.stdout);
    expect(await replay('--campaign', first, '--since', '2999-01-01')).toBe('');
    expect(await replay('--all')).toContain(one.stdout + two.stdout);
  });

  it.each([
    [['--run', 'ffffffff'], 2, 'There is no run "ffffffff"'],
    [['--campaign', 'Nothing like it'], 3, 'There is no run on a campaign'],
    [['--since', 'yesterday'], 2, 'Give a time such as'],
    [['--since', '2026'], 2, 'Give a time such as'],
    [['--from-server', '--since', '1h'], 2, 'needs --campaign and --since'],
    [['--from-server', '--all'], 2, 'cannot be used with'],
  ])('refuses %j', async (args, code, message) => {
    const refused = await cli.run(['events', 'replay', ...args]);
    expect(refused).toMatchObject({ stdout: '', code });
    expect(refused.stderr).toContain(message);
  });
});

describe('a reader that goes away', () => {
  /** Reads the first line and closes the pipe, as `head -n 1` does. */
  async function firstLineOf(args: readonly string[], stdin: string) {
    const running = cli.start(args);
    running.stdin.end(stdin);
    const line = (await running.waitFor('stdout', '\n')).split('\n')[0];
    running.child.stdout.destroy();
    return { line, ended: await running.ended };
  }

  it('ends an add with 141; replay gives what is missing, and the same command again changes nothing twice', async () => {
    const campaign = await cli.make.campaign({ name: 'Head' });
    const args = ['add', `id:${campaign}`, '--batch-size', '100', '--concurrency', '2', '-'];
    const input = numbered(1, PEOPLE);
    const { line, ended } = await firstLineOf(args, input);
    expect(ended.code).toBe(141);
    expect(ended.stderr).toContain('dyncamp events replay');
    const replayed = await cli.run(['events', 'replay']);
    expect(replayed.stdout.split('\n')).toContain(line);
    const told = idsOf(replayed.stdout);
    expect(await cli.peopleIn(campaign)).toHaveLength(told.length);

    const again = await cli.outcomes(args, { stdin: input });
    expect(again.code).toBe(0);
    expect(again.rows.map(({ outcome }) => outcome)).toEqual(Array.from({ length: PEOPLE }, () => 'added'));
    expect(new Set([...told, ...again.events.map((event) => event.id)]).size).toBe(PEOPLE);
    expect(told.length + again.events.length).toBe(PEOPLE);
    expect(await cli.peopleIn(campaign)).toHaveLength(PEOPLE);

    cli.writes();
    const third = await cli.outcomes(args, { stdin: input });
    expect(third).toMatchObject({ stdout: '', code: 0 });
    expect(third.rows.every(({ outcome }) => outcome === 'already-member')).toBe(true);
    expect(cli.writes()).toEqual([]);
  });

  it('leaves untold what it did not take, and the next run on the campaign tells it', async () => {
    const campaign = await cli.make.campaign({ name: 'Closed' });
    const running = cli.start(['add', `id:${campaign}`, '-']);
    running.child.stdout.destroy();
    running.stdin.end(numbered(1, 20));
    expect(await running.ended).toMatchObject({ code: 141 });
    expect(await cli.peopleIn(campaign)).toHaveLength(20);
    // --no-events speaks for its own run only.
    expect(await cli.change(['add', `id:${campaign}`, '--no-events', 'person22@people.example'])).toMatchObject({
      stdout: '',
      code: 0,
    });
    const next = await cli.change(['add', `id:${campaign}`, 'person21@people.example']);
    expect(next.events).toHaveLength(21);
  });

  it('is the normal end of a replay: 0, and what was not taken stays untold', async () => {
    const campaign = await cli.make.campaign({ name: 'Replay head' });
    const running = cli.start(['add', `id:${campaign}`, '-']);
    running.child.stdout.destroy();
    running.stdin.end(numbered(1, 1000));
    expect(await running.ended).toMatchObject({ code: 141 });
    const untold = async () =>
      jsonLines((await cli.run(['events', 'list', '--campaign', campaign, '--undelivered'])).stdout).length;
    expect(await untold()).toBe(1000);
    const { ended } = await firstLineOf(['events', 'replay'], '');
    expect(ended.code).toBe(0);
    expect(await untold()).toBe(1000);
    expect((await cli.run(['events', 'replay'])).code).toBe(0);
    expect(await untold()).toBe(0);
    // Who took the events has them: a second reader that goes away takes nothing back.
    await firstLineOf(['events', 'replay'], '');
    expect(await untold()).toBe(0);
  });
});

describe('events replay --from-server', () => {
  itUnder({ memberCreator: 'caller' })(
    'rebuilds added events with the ids of the first time, of our own rows only, and says what it cannot',
    async () => {
      const home = createHome();
      const campaign = await cli.make.campaign({ name: 'Disk gone', codename: 'GONE' });
      const added = await cli.change(['add', `id:${campaign}`, '-'], { stdin: numbered(1, 6), home });
      const marketos = await cli.make.lead({ emailaddress1: 'theirs@marketo.example' });
      const [leads] = (await cli.ownLists(campaign)).filter(({ createdfromcode }) => createdfromcode === 4);
      await cli.putOn(String(leads?.listid), 'lead', [marketos], MARKETO);
      const args = ['events', 'replay', '--from-server', '--campaign', `id:${campaign}`, '--since', '1h'];
      rmSync(home.state, { recursive: true });
      cli.writes();
      // In short pages: nothing is taken for the whole.
      cli.api.emulator().admin.setConditions({ pageSize: 4 });
      const rebuilt = await cli.run(args, { home });
      expect(rebuilt.code).toBe(0);
      expect(cli.writes()).toEqual([]);
      expect([...idsOf(rebuilt.stdout)].sort()).toEqual(added.events.map(({ id }) => id).sort());
      expect(rebuilt.stderr).toContain('Left out 1 person');
      expect(rebuilt.stderr).toContain('cannot be rebuilt');
      const [event] = jsonLines(rebuilt.stdout);
      const first = added.events.find(({ id }) => id === event?.id);
      const { run, input, person, ...known } = JSON.parse(JSON.stringify(first)).data;
      expect(event).toEqual({
        ...first,
        time: expect.stringMatching(/^\d{4}-/),
        data: { ...known, person: { type: person.type, id: person.id, email: person.email } },
      });
      expect([run, input]).not.toContain(undefined);
      const none = await cli.run([...args.slice(0, -1), '2999-01-01T00:00:00Z'], { home });
      expect(none).toMatchObject({ stdout: '', code: 0 });
      const anonymous = await cli.run([...args, '--event-email', 'none'], { home });
      expect(anonymous.stdout).not.toContain('@');
      home.remove();
    },
  );
});

describe('--event-email none', () => {
  it('holds for whoever recovers the change, and for a replay', async () => {
    const home = createHome();
    const campaign = await cli.make.campaign({ name: 'Private' });
    const { admin } = cli.api.emulator();
    const match = { operation: 'AddListMembersList', inBatch: true };
    admin.addFaults([{ match, times: 1, effect: { kind: 'slow', ms: 500 } }]);
    const people = cli.file('private.csv', 'email,last name\nprivate@recovered.example,Private\n');
    const killed = cli.start(['add', `id:${campaign}`, '-f', people, '--event-email', 'none'], { home });
    await until(() => admin.faults().some(({ fired }) => fired > 0));
    killed.kill('SIGKILL');
    await killed.ended;
    while ((await cli.peopleIn(campaign)).length === 0) await new Promise(setImmediate);

    const next = await cli.change(['add', `id:${campaign}`, 'person1@people.example'], { home });
    expect(next.events.map(({ type }) => type)).toEqual([
      'dyncamp.person.created',
      'dyncamp.person.added',
      'dyncamp.person.added',
    ]);
    expect(next.stdout).toContain('person1@people.example');
    expect(next.stdout).not.toContain('private@recovered.example');
    const replayed = await cli.run(['events', 'replay', '--all'], { home });
    expect(jsonLines(replayed.stdout)).toHaveLength(3);
    expect(replayed.stdout).not.toContain('private@recovered.example');
    home.remove();
  });
});
