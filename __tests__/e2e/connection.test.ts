/** What stands between the command and Dynamics: settings, sign-in, privileges, the network, the journal. Each has its exit code. */
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { OWN_USER_ID, useCampaignCli } from '../support/campaign-cli.ts';
import { itUnder } from '../support/emulator.ts';
import { jsonLines } from '../support/run-cli.ts';
import { serve } from '../support/server.ts';

const cli = useCampaignCli();
const ANNA = 'anna.arendt@nordlicht.example';
const TOKEN = 'secret-token-of-nobody';

afterEach(() => cli.api.emulator().admin.setPrivileges(OWN_USER_ID, null));

async function withServer<T>(listener: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
  const server = await serve(listener);
  try {
    return await use(server.url);
  } finally {
    await server.close();
  }
}

const refuseTokens = (): void => cli.api.emulator().admin.addFaults([{ match: {}, effect: { kind: 'expired-token' } }]);

describe('sign-in', () => {
  it('a token that is refused: 4, with the next step and without the token', async () => {
    refuseTokens();
    const { code, stdout, stderr } = await cli.change(['add', 'Spring Launch', ANNA], {
      env: { DYNCAMP_ACCESS_TOKEN: TOKEN },
    });
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(/Hint: .*token/i);
    expect(stderr).not.toContain(TOKEN);
  });
});

describe('the command line', () => {
  it.each([
    ['a flag of another command', ['remove', 'Spring Launch', ANNA, '--no-create'], 'no-create'],
    ['a batch that is too large', ['add', 'Spring Launch', ANNA, '--batch-size', '5000'], '1000'],
    ['a shard beyond the last', ['add', 'Spring Launch', ANNA, '--shard', '4/3'], 'shard'],
    ['stdin twice', ['add', 'Spring Launch', '-', '-f', '-'], 'twice'],
  ])('%s: 2, with what to do', async (_name, args, hint) => {
    const { code, stdout, stderr } = await cli.change(args);
    expect({ code, stdout, requests: cli.api.emulator().requests() }).toEqual({ code: 2, stdout: '', requests: [] });
    expect(stderr).toContain(hint);
  });
});

describe('privileges', () => {
  const add = async (campaign: string, ...options: string[]) => {
    cli.writes();
    const changed = await cli.change(['add', campaign, ANNA, ...options]);
    return { ...changed, writes: cli.writes() };
  };
  it('less than the whole organization in view: 5, naming table and depth, unless --partial-view', async () => {
    const campaign = await cli.make.campaign();
    cli.api.switch({ privilegesByNames: 'full' });
    cli.api.emulator().admin.setPrivileges(OWN_USER_ID, { prvReadContact: 'Basic' });
    const blind = await add(campaign);
    expect(blind).toMatchObject({ code: 5, stdout: '', writes: [] });
    expect(blind.stderr).toMatch(/contact \(prvReadContact: Basic\)/);
    expect(blind.stderr).toContain('--partial-view');
    const allowed = await add(campaign, '--partial-view');
    expect(allowed).toMatchObject({ code: 0, told: [`added lead ${ANNA}`] });
  });

  it('one that is missing: 5, naming it', async () => {
    const campaign = await cli.make.campaign();
    cli.api.emulator().admin.setPrivileges(OWN_USER_ID, { prvAppendLead: 'None' });
    const { code, stdout, stderr } = await add(campaign);
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toContain('prvAppendLead');
  });

  it('a dry run needs only those for reading', async () => {
    const campaign = await cli.make.campaign();
    cli.api.emulator().admin.setPrivileges(OWN_USER_ID, { prvAppendToList: 'None', prvCreateList: 'None' });
    expect(await add(campaign, '--dry-run')).toMatchObject({ code: 0, stdout: '', writes: [] });
  });
});

describe('the network', () => {
  it('a host that does not exist: 75 within the time that --max-wait gives', async () => {
    const env = { DYNCAMP_URL: 'https://contoso.invalid', DYNCAMP_ACCESS_TOKEN: TOKEN };
    const { code, stdout, stderr } = await cli.change(['--max-wait', '1s', 'add', 'Spring Launch', ANNA], { env });
    expect({ code, stdout }).toEqual({ code: 75, stdout: '' });
    expect(stderr).toContain('contoso.invalid');
    expect(stderr).toMatch(/Hint: .*URL/);
  });

  it('an answer without an end: 69, asked for once and named', async () => {
    let requests = 0;
    const endless: RequestListener = (_request, response) => {
      requests += 1;
      response.writeHead(200, { 'content-type': 'application/json' });
      const blanks = new Readable({ read: () => void blanks.push(Buffer.alloc(1024 * 1024, ' ')) });
      pipeline(blanks, response, () => undefined);
    };
    const { code, stdout, stderr } = await withServer(endless, (url) =>
      cli.change(['add', 'Spring Launch', ANNA], { env: { DYNCAMP_URL: url } }),
    );
    expect({ code, stdout, requests }).toEqual({ code: 69, stdout: '', requests: 1 });
    expect(stderr).toContain('the answer is too large');
    expect(stderr).not.toContain('    at ');
  });

  it('a web site: says that the URL is to be checked', async () => {
    const site: RequestListener = (_request, response) => {
      response.writeHead(404, { 'Content-Type': 'text/html' }).end('<html>Not here</html>');
    };
    const { code, stderr } = await withServer(site, (url) =>
      cli.change(['add', 'Spring Launch', ANNA], { env: { DYNCAMP_URL: url } }),
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/is not a Dynamics organization.*\n.*\n?Hint: .*URL/);
    expect(stderr).not.toContain('    at ');
  });
});

describe('the journal', () => {
  it.each([
    ['its folder cannot be made', () => join(cli.file('a-file', ''), 'state'), 'Could not write the journal'],
    ['it is no journal', () => cli.home().directory, 'damaged'],
  ])('%s: 2 before anything is written', async (_name, directory, said) => {
    const state = directory();
    cli.file(`${cli.api.emulator().organizationId}.sqlite`, 'no database, and longer than one header'.repeat(20));
    cli.writes();
    const env = { DYNCAMP_STATE_DIR: state };
    const { code, stdout, stderr } = await cli.change(['add', 'Spring Launch', ANNA], { env });
    expect({ code, stdout, writes: cli.writes() }).toEqual({ code: 2, stdout: '', writes: [] });
    expect(stderr).toContain(said);
    expect(stderr).toContain(state);
  });
});

describe('what is said', () => {
  // Privileges that nobody tells are a warning of every run.
  beforeEach(() => cli.api.switch({ privilegesByNames: 'full' }));

  // Another creator than the user is said in a line of its own.
  itUnder({ memberCreator: 'caller' })(
    'is one JSON object a line with --log-format json, whatever happens',
    async () => {
      const runs = await Promise.all([
        cli.change(['add', 'Spring Launch', ANNA, 'bad', '--log-format', 'json']),
        cli.change(['add', 'Winter Gala', ANNA, '--log-format', 'json']),
        cli.change(['add', 'Spring Launch', '--log-format', 'json', '--nonsense']),
      ]);
      expect(runs.map(({ code }) => code)).toEqual([68, 3, 2]);
      for (const { stderr } of runs) {
        for (const said of jsonLines(stderr)) {
          expect(said).toMatchObject({
            time: expect.stringMatching(/^\d{4}-.*Z$/),
            level: expect.any(String),
            code: expect.any(String),
            message: expect.any(String),
          });
        }
      }
      const codes = runs.map(({ stderr }) => jsonLines(stderr).map(({ code }) => code));
      expect(codes).toEqual([
        ['CONNECTED', 'SUMMARY', 'SOME_FAILED'],
        ['CONNECTED', 'CAMPAIGN_INACTIVE'],
        ['UNKNOWN_OPTION'],
      ]);
      const [connected, summary] = jsonLines(runs[0]?.stderr ?? '');
      expect(connected).not.toHaveProperty('run');
      expect(summary).toMatchObject({
        run: expect.stringMatching(/^[0-9a-f-]{36}$/),
        counts: { people: 2, invalid: 1 },
      });
    },
  );

  itUnder({ memberCreator: 'caller' })(
    'has no colour where NO_COLOR is set or nobody sees it, and no notice with --quiet',
    async () => {
      const [plain, quiet] = await Promise.all([
        cli.change(['add', 'Winter Gala', ANNA], { env: { NO_COLOR: '1' } }),
        cli.change(['add', 'Spring Launch', 'ben.baker@harbour.example', '--quiet']),
      ]);
      expect(plain.stderr).toMatch(/^Error: /m);
      expect(plain.stderr).not.toContain('\u001b');
      expect(quiet).toMatchObject({ code: 0, stderr: '', told: ['added lead ben.baker@harbour.example'] });
    },
  );
});
