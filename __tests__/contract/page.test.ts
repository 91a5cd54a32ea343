/** The page at `/`: one document that loads nothing, what it reads, and what a real browser makes of it where one is installed. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makers, members, useEmulator } from '../support/emulator.ts';

/** The page shows who added whom. */
const api = useEmulator({ switches: { memberCreator: 'caller' } });
const make = makers(api);
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

const get = (path: string) => fetch(`${api.emulator().url}${path}`);

describe('the page', () => {
  it('is one document that may load nothing from elsewhere', async () => {
    const answer = await get('/');
    const html = await answer.text();
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(html).not.toMatch(/(?:src|href)=|https?:\/\//);
    // On a phone nothing scrolls but the page.
    expect(html).not.toMatch(/overflow(?:-[xy])?: *(?:auto|scroll)/);
  });

  it('reads campaigns with their lists, and the members of a list', async () => {
    const campaignId = await make.campaign({ name: '<b>Bold</b>' });
    const listId = await make.leadList({ listname: 'Page list', lockstatus: false });
    const Campaign = { '@odata.type': 'Microsoft.Dynamics.CRM.campaign', campaignid: campaignId };
    await api.post(`lists(${listId})/Microsoft.Dynamics.CRM.AddItemCampaign`, { Campaign });
    const lead = await make.lead({ emailaddress1: 'page@people.example' });
    await api.post('AddListMembersList', members(listId, 'lead', [lead]));
    const campaigns: { id: string; lists: unknown[] }[] = JSON.parse(await (await get('/__emulator/campaigns')).text());
    expect(campaigns.find(({ id }) => id === campaignId)).toMatchObject({
      name: '<b>Bold</b>',
      people: 1,
      names: [expect.stringMatching(/./)],
      lists: [{ id: listId, name: 'Page list', type: 'leads', members: 1 }],
    });
    const shown: unknown = JSON.parse(await (await get(`/__emulator/members/${listId}`)).text());
    expect(shown).toMatchObject([{ id: lead, email: 'page@people.example', addedBy: '# dyncamp' }]);
  });

  it('shows the newest requests with status and throttling', async () => {
    api
      .emulator()
      .admin.addFaults([
        { match: { operation: 'WhoAmI' }, times: 1, effect: { kind: 'throttle-requests', retryAfterSeconds: 1 } },
      ]);
    await api.get('WhoAmI');
    const recent: unknown[] = JSON.parse(await (await get('/__emulator/recent')).text());
    expect(recent.at(-1)).toMatchObject({ what: 'WhoAmI', status: 429, throttled: true });
  });

  (CHROMIUM === undefined ? it.skip : it)(
    'is drawn by a real browser, with text from the store as text',
    async () => {
      await make.campaign({ name: '<img src=x onerror=alert(1)>' });
      const profile = mkdtempSync(join(tmpdir(), 'dyncamp-page-'));
      const flags = [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ];
      const { stdout } = await promisify(execFile)(
        CHROMIUM ?? '',
        [...flags, `--user-data-dir=${profile}`, '--virtual-time-budget=3000', '--dump-dom', `${api.emulator().url}/`],
        { maxBuffer: 16 * 1024 * 1024, timeout: 60_000 },
      );
      rmSync(profile, { recursive: true, force: true });
      expect(stdout).toContain('<strong>Spring Launch</strong>');
      expect(stdout).toContain(`export DYNCAMP_URL=${api.emulator().url} DYNCAMP_ACCESS_TOKEN=any</code>`);
      expect(stdout).toMatch(/<strong>Partner Summit<.*?>2 people<.*?Karin Köhler, Liam Lynch</);
      expect(stdout.indexOf('Campaigns')).toBeLessThan(stdout.indexOf('>Requests<'));
      expect(stdout).toContain('&lt;img src=x onerror=alert(1)&gt;');
      expect(stdout).toMatch(/<td><span class="(?:ok|no|wait)">\d{3}<\/span><\/td>/);
    },
    90_000,
  );
});
