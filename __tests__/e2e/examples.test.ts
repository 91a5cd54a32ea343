/** The scripts of examples/ do what their first lines say. The YAML files: examples-yaml.test.ts. The tour: readme and `npm run demo`. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { itUnder } from '../support/emulator.ts';
import { EXAMPLES, type ExampleOptions, runExample } from '../support/examples.ts';
import { type CliHome, createHome, jsonLines } from '../support/run-cli.ts';
import { bodyOf, serve, type TestServer } from '../support/server.ts';

jest.setTimeout(120_000);

const homes: CliHome[] = [];
afterAll(() => {
  for (const home of homes) home.remove();
});
function newHome(): CliHome {
  const home = createHome();
  homes.push(home);
  return home;
}

describe('examples/', () => {
  it.each(readdirSync(EXAMPLES).filter((name) => /\.(sh|ps1|mjs|ya?ml)$/.test(name)))(
    '%s is numbered and begins with what it is for',
    (name) => {
      const [first = '', second = ''] = readFileSync(join(EXAMPLES, name), 'utf8').split('\n');
      expect(name).toMatch(/^\d\d-/);
      expect(name.endsWith('.sh') ? second : first).toMatch(/^(#|\/\/) .{20,}/);
    },
  );

  // Its last step is `sync check`, for which privileges that nobody tells are a problem.
  itUnder({ privilegesByNames: 'full' })('01-tour.mjs goes through to its end', async () => {
    const { code, stdout } = await runExample('node "$EXAMPLES/01-tour.mjs"', { home: newHome() });
    expect(stdout).toContain('Is campaign sync working?');
    expect(code).toBe(0);
  });
});

describe('02-cron.sh', () => {
  const home = newHome();
  const cron = (people: string, options: Partial<ExampleOptions> = {}, campaign = 'Spring Launch') =>
    runExample(`"$EXAMPLES/02-cron.sh" "${campaign}" "${people}"`, { home, ...options });
  const kept = (name: string) => readFileSync(join(home.directory, '.local/state/dyncamp-cron', name), 'utf8');

  it('says nothing after a good night, and keeps the events', async () => {
    writeFileSync(join(home.directory, 'good.txt'), 'anna.arendt@nordlicht.example\n');
    expect(await cron('good.txt')).toEqual({ stdout: '', stderr: '', code: 0, signal: null });
    expect(jsonLines(kept('events.jsonl')).map(({ type }) => type)).toEqual(['dyncamp.person.added']);
  });

  it('says who could not be added', async () => {
    writeFileSync(join(home.directory, 'bad.txt'), 'nobody.knows@neu.example\n');
    const { code, stderr } = await cron('bad.txt');
    expect(code).toBe(68);
    expect(stderr).toMatch(/Some people could not be added; who and why: .*results\.csv \(exit 68\)/);
    expect(kept('results.csv')).toContain('cannot-create');
    // The mail is read where the job's environment is not: the command in it names the profile, and says what it does.
    const [, command = ''] = /then: dyncamp (.*)$/m.exec(stderr) ?? [];
    expect(command).toMatch(/^--profile emulator add "Spring Launch" -f \S+results\.csv --only-failed$/);
    const pasted = await runExample(`env -u DYNCAMP_PROFILE dyncamp ${command}`, { home });
    expect(pasted).toMatchObject({ code: 68, stderr: expect.stringContaining('1 of 1 person failed') });
  });

  it('says what is to be done when a campaign cannot be used', async () => {
    const { code, stderr } = await cron('good.txt', {}, 'No such campaign');
    expect(code).toBe(3);
    expect(stderr).toContain('No such campaign');
  });

  it('keeps quiet about what the next run finishes, until it lasts', async () => {
    // Nothing listens there: the run gives up, as on a network that is gone.
    const env = { DYNCAMP_PROFILE: '', DYNCAMP_URL: 'http://127.0.0.1:9', DYNCAMP_ACCESS_TOKEN: 'any' };
    const patient = { env: { ...env, ...wrapped(home, '--max-wait 1s') } };
    expect(await cron('good.txt', patient)).toMatchObject({ code: 75, stderr: '' });
    expect(await cron('good.txt', patient)).toMatchObject({ code: 75, stderr: '' });
    const third = await cron('good.txt', patient);
    expect(third.code).toBe(75);
    expect(third.stderr).toContain('Not finished, 3 times in a row');
  });

  it.each([
    ['there is no dyncamp', '', 127, /There is no dyncamp in .*PATH=\/usr\/bin:\/bin:FOLDER/],
    ['there is no Node.js', '#!/usr/bin/env no-such-node\n', 127, /Node.js that it needs, was not found in .*PATH=/],
    ['it may not be run', '#!/dev/null\n', 126, /cannot be run: see the permissions of .*dyncamp/],
  ])('has words where %s', async (_name, program, code, words) => {
    const place = newHome();
    const bin = join(place.directory, '.npm-global', 'bin');
    mkdirSync(bin, { recursive: true });
    if (program !== '') writeFileSync(join(bin, 'dyncamp'), program, { mode: 0o755 });
    const result = await runExample('PATH=/usr/bin:/bin "$EXAMPLES/02-cron.sh" "Spring Launch" good.txt', {
      home: place,
    });
    expect(result).toMatchObject({ code, stderr: expect.stringMatching(words) });
  });

  it('finds a program that npm put into the home directory', async () => {
    const command =
      'mkdir -p .npm-global && ln -sfn "$PWD/bin" .npm-global/bin && PATH=/usr/bin:/bin "$EXAMPLES/02-cron.sh"';
    expect(await runExample(`${command} "Spring Launch" good.txt`, { home })).toMatchObject({ code: 0, stderr: '' });
  });

  it('does not start beside another one', async () => {
    const command = `mkdir -p .local/state/dyncamp-cron
      exec 8>.local/state/dyncamp-cron/lock; flock 8
      "$EXAMPLES/02-cron.sh" "Spring Launch" good.txt 8>&-`;
    const { code, stderr } = await runExample(command, { home });
    expect({ code, stderr }).toEqual({
      code: 75,
      stderr: 'The previous run is still in progress; nothing was started.\n',
    });
  });
});

/** A `dyncamp` in front of the path that adds a global option, for what an example leaves at its default. */
function wrapped(home: CliHome, option: string): Record<string, string> {
  const script = join(home.directory, 'wrapped.sh');
  writeFileSync(script, `#!/bin/sh\nexec "${join(home.directory, 'bin/dyncamp')}" ${option} "$@"\n`, { mode: 0o755 });
  writeFileSync(join(home.directory, 'bash-env'), `dyncamp() { "${script}" "$@"; }\n`);
  return { BASH_ENV: join(home.directory, 'bash-env') };
}

describe('03-event-grid.sh', () => {
  type Batch = {
    readonly key: unknown;
    readonly type: unknown;
    readonly url: unknown;
    readonly events: readonly unknown[];
  };
  const batches: Batch[] = [];
  let answers: number[] = [];
  let server: TestServer;
  const home = newHome();
  beforeAll(async () => {
    server = await serve(async (request, response) => {
      const text = await bodyOf(request);
      const status = answers.shift() ?? 200;
      if (status === 200)
        batches.push({
          key: request.headers['aeg-sas-key'],
          type: request.headers['content-type'],
          url: request.url,
          events: JSON.parse(text),
        });
      response.writeHead(status).end();
    });
    writeFileSync(join(home.directory, 'key.txt'), 'the-key\n');
  });
  beforeEach(() => {
    batches.length = 0;
    answers = [];
  });
  afterAll(() => server.close());
  const send = (command: string, stdin = '') =>
    runExample(command, {
      home,
      stdin,
      env: { EVENT_GRID_ENDPOINT: `${server.url}/api/events`, EVENT_GRID_KEY_FILE: 'key.txt' },
    });

  it('sends the events of a run as one batch', async () => {
    const { code } = await send(
      'set -o pipefail; dyncamp --quiet add "Spring Launch" anna.arendt@nordlicht.example lena.lorenz@rheintal.example | "$EXAMPLES/03-event-grid.sh"',
    );
    expect(code).toBe(0);
    expect(batches).toEqual([
      {
        key: 'the-key',
        type: 'application/cloudevents-batch+json; charset=utf-8',
        url: '/api/events?api-version=2018-01-01',
        events: [
          expect.objectContaining({ specversion: '1.0', type: 'dyncamp.person.added' }),
          expect.objectContaining({ specversion: '1.0', type: 'dyncamp.person.added' }),
        ],
      },
    ]);
  });

  it('makes batches of 200, and tries again when the topic is busy', async () => {
    answers = [503];
    const lines = Array.from({ length: 450 }, (_, id) => JSON.stringify({ id }));
    expect(await send('"$EXAMPLES/03-event-grid.sh"', `${lines.join('\n')}\n`)).toMatchObject({ code: 0 });
    expect(batches.map(({ events }) => events.length)).toEqual([200, 200, 50]);
    expect(batches.flatMap(({ events }) => events)).toEqual(lines.map((line) => JSON.parse(line)));
  });

  it('sends what is there when nothing more comes, and never half a line', async () => {
    const slowly = `(printf '{"id":1}\\n{"id"'; sleep 2.5; printf ':2}\\n') | "$EXAMPLES/03-event-grid.sh"`;
    expect(await send(slowly)).toMatchObject({ code: 0 });
    expect(batches.map(({ events }) => events)).toEqual([[{ id: 1 }], [{ id: 2 }]]);
  });

  it('ends when a batch is refused, and the events can be told again', async () => {
    answers = [401];
    const refused = await send(
      'dyncamp --quiet remove "Spring Launch" anna.arendt@nordlicht.example | "$EXAMPLES/03-event-grid.sh"',
    );
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('401');
    expect(await send('dyncamp --quiet events replay | "$EXAMPLES/03-event-grid.sh"')).toMatchObject({ code: 0 });
    expect(batches.flatMap(({ events }) => events)).toEqual([
      expect.objectContaining({ type: 'dyncamp.person.removed' }),
    ]);
  });
});

describe('09-healthchecks.sh', () => {
  const pings: { readonly path: string | undefined; readonly body: string }[] = [];
  let server: TestServer;
  beforeAll(async () => {
    server = await serve(async (request, response) => {
      pings.push({ path: request.url, body: await bodyOf(request) });
      response.end();
    });
  });
  beforeEach(() => void pings.splice(0));
  afterAll(() => server.close());
  const home = newHome();
  const run = (args: string, env: Record<string, string> = {}) =>
    runExample(`"$EXAMPLES/09-healthchecks.sh" ${args}`, { home, env: { HC_PING_URL: `${server.url}/uuid`, ...env } });
  const NOWHERE = { DYNCAMP_PROFILE: '', DYNCAMP_URL: 'http://127.0.0.1:9', DYNCAMP_ACCESS_TOKEN: 'any' };

  it.each<[string, string, Record<string, string>, number, string, object]>([
    ['a success', 'add "Spring Launch" lena.lorenz@rheintal.example', {}, 0, '0', { people: 1, exitCode: 0 }],
    ['people who failed', 'add "Spring Launch" no-address', {}, 68, '68', { outcomes: { invalid: 1 }, exitCode: 68 }],
    ['a campaign that is not there', 'add Nowhere a@b.example', {}, 3, '3', { errorCode: 'CAMPAIGN_NOT_FOUND' }],
    ['what the next run finishes', 'add x a@b.example --max-wait 1s', NOWHERE, 75, 'log', { errorCode: 'UNREACHABLE' }],
  ])('tells the start and %s, with the report', async (_name, args, env, code, path, report) => {
    expect(await run(args, env)).toMatchObject({ code });
    expect(pings.map((ping) => ping.path)).toEqual(['/uuid/start', `/uuid/${path}`]);
    expect(JSON.parse(pings[1]?.body ?? '')).toMatchObject(report);
    expect(pings[1]?.body).not.toContain('@');
  });

  it('runs the job when the monitor cannot be reached', async () => {
    const env = { HC_PING_URL: 'http://127.0.0.1:9/uuid' };
    expect(await run('add "Spring Launch" lena.lorenz@rheintal.example', env)).toMatchObject({ code: 0 });
  });
});

describe('10-prometheus.sh', () => {
  it('makes metrics of the last run, and keeps when one last succeeded', async () => {
    const home = newHome();
    const metrics = async (args: string) => {
      const made = await runExample(
        `dyncamp add ${args} --report r.json >/dev/null; "$EXAMPLES/10-prometheus.sh" r.json spring .`,
        { home },
      );
      expect(made.code).toBe(0);
      return readFileSync(join(home.directory, 'dyncamp-spring.prom'), 'utf8');
    };
    const good = await metrics('"Spring Launch" lena.lorenz@rheintal.example anna.arendt@nordlicht.example');
    expect(good).toContain('# TYPE dyncamp_exit_code gauge\ndyncamp_exit_code{job="spring"} 0\n');
    expect(good).toContain('dyncamp_people{job="spring",outcome="added"} 2\n');
    const success = /^dyncamp_success_timestamp_seconds\{job="spring"\} \d{10}$/m.exec(good)?.[0];
    expect(success).toBeDefined();
    const bad = await metrics('Nowhere a@b.example');
    expect(bad).toContain('dyncamp_exit_code{job="spring"} 3\n');
    expect(bad).toContain(success);
    expect(
      bad.split('\n').filter((line) => !/^(# (HELP|TYPE) dyncamp_\w+ .+|dyncamp_\w+\{.+\} [\d.]+)?$/.test(line)),
    ).toEqual([]);
  });
});

describe('04-marketo-static-list.sh', () => {
  it('plans, then adds, and says which rows are to be mended', async () => {
    const home = newHome();
    const command = '"$EXAMPLES/04-marketo-static-list.sh" "Spring Launch" "$EXAMPLES/04-marketo-static-list.csv"';
    const { code, stdout, stderr } = await runExample(command, { home });
    expect(code).toBe(68);
    expect(stderr).toContain('Dry run, nothing was changed. Would be: Added 4 (2 of them created).');
    expect(stderr).toContain('--only-failed');
    expect(jsonLines(stdout).map(({ type }) => type)).toHaveLength(6);
    const outcomes = readFileSync(join(home.directory, 'results.csv'), 'utf8')
      .split('\n')
      .map((line) => line.split(',')[3]);
    expect(outcomes.slice(1, 6)).toEqual(['added', 'added', 'added', 'added', 'cannot-create']);
  });
});

describe('05-gnu-parallel.sh', () => {
  // Where GNU parallel is not installed, this runs the other branch, by xargs; the script says so.
  it('does the work of one run in shards', async () => {
    const home = newHome();
    const command = '"$EXAMPLES/05-gnu-parallel.sh" 3 "Spring Launch" "$EXAMPLES/people.csv" out';
    const { code, stderr } = await runExample(command, { home });
    expect(code).toBe(68);
    const shards = [1, 2, 3].map((shard) => readFileSync(join(home.directory, `out/results-${shard}.jsonl`), 'utf8'));
    const done = shards.flatMap((text) => jsonLines(text)).filter(({ outcome }) => outcome !== 'other-shard');
    const alone = await runExample('dyncamp --quiet add "Spring Launch" -f "$EXAMPLES/people.csv" --results r.jsonl', {
      home: newHome(),
    });
    expect(alone.code).toBe(68);
    const single = jsonLines(readFileSync(join(homes.at(-1)?.directory ?? '', 'r.jsonl'), 'utf8'));
    // A row that names nobody belongs to no shard: each says that it is invalid.
    expect(outcomesOf(done)).toEqual(outcomesOf(single));
    expect(stderr).not.toContain('Error');
  });
});

/** `line outcome`, sorted, each once. */
function outcomesOf(rows: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  return [...new Set(rows.map(({ line, outcome }) => `${line} ${outcome}`))].sort();
}
