/** `dyncamp campaigns list`: what people can be added to, in every format. */
import { useCampaignCli } from '../support/campaign-cli.ts';
import { jsonLines } from '../support/run-cli.ts';

const cli = useCampaignCli();

const list = async (...args: string[]) => {
  const result = await cli.run(['campaigns', 'list', ...args]);
  expect(result.code).toBe(0);
  return result;
};

it('shows active campaigns that are no templates, and says what is hidden', async () => {
  const { stdout, stderr } = await list();
  const campaigns = jsonLines(stdout);
  expect(campaigns).toHaveLength(9);
  expect(campaigns.find(({ name }) => name === 'Spring Launch')).toEqual({
    name: 'Spring Launch',
    code: 'SPRING-LAUNCH',
    status: 'Launched',
    type: 'Direct Marketing',
    start: '2026-03-01',
    end: '2026-05-31',
    id: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0001',
  });
  expect(campaigns.map(({ name }) => name)).not.toContain('Winter Gala');
  expect(stderr).toContain('1 inactive, 1 template. --all shows them.');
});

it('shows all with --all, and counts the members of own lists only with --counts', async () => {
  const { stdout, stderr } = await list('--all', '--counts');
  const rows = new Map(jsonLines(stdout).map((row) => [row.name, row]));
  expect(rows.get('Winter Gala')).toMatchObject({ active: false, template: false });
  expect(rows.get('Campaign Template')).toMatchObject({ active: true, template: true });
  // "Customers DACH" is linked to it too, and is nobody's own.
  expect(rows.get('Autumn Webinar')).toMatchObject({ leads: 4, contacts: 2 });
  expect(rows.get('Spring Launch')).toMatchObject({ leads: 0, contacts: 0 });
  expect(stderr).not.toContain('Not shown');
});

it('counts an own list that somebody renamed: it is known by its id', async () => {
  const campaign = await cli.make.campaign({ name: 'Renamed list' });
  await cli.change(['add', `id:${campaign}`, 'anna.arendt@nordlicht.example']);
  const [own] = await cli.ownLists(campaign);
  const renamed = await cli.api.patch(`lists(${own?.listid})`, { listname: 'Our guests' });
  expect(renamed.status).toBe(204);
  const { stdout } = await list('--search', 'Renamed list', '--counts');
  expect(jsonLines(stdout)).toMatchObject([{ leads: 1, contacts: 0 }]);
});

it('searches names and codes, literally', async () => {
  await cli.make.campaign({ name: "100% O'Neill_[x]" });
  const [byCode, byName, literal] = await Promise.all([
    list('--search', 'news-'),
    list('--search', 'SPRING'),
    list('--search', "% O'Neill_["),
  ]);
  expect(jsonLines(byCode.stdout).map(({ code }) => code)).toEqual(['NEWS-DE', 'NEWS-EN']);
  expect(jsonLines(byName.stdout).map(({ name }) => name)).toEqual(['Spring Launch']);
  expect(jsonLines(literal.stdout).map(({ name }) => name)).toEqual(["100% O'Neill_[x]"]);
});

it('says what to check where there is nothing to show', async () => {
  const { stdout, stderr } = await list('--search', 'no such campaign');
  expect(stdout).toBe('');
  expect(stderr).toMatch(/No campaign with "no such campaign"/);
  expect(stderr).toMatch(/Hint: .*active/);
});

it('writes the same rows as table, JSON, JSON Lines and CSV', async () => {
  const search = ['--search', 'spring'];
  const [table, json, short, jsonl, csv] = await Promise.all([
    list(...search, '-o', 'table'),
    list(...search, '-o', 'json'),
    list(...search, '--json'),
    list(...search, '-o', 'jsonl'),
    list(...search, '-o', 'csv'),
  ]);
  expect(table.stdout).toMatch(
    /^NAME +CODE +STATUS +TYPE +START +END +ID\nSpring Launch +SPRING-LAUNCH +Launched .*\n$/,
  );
  expect(JSON.parse(json.stdout)).toEqual([JSON.parse(jsonl.stdout)]);
  expect(short.stdout).toBe(json.stdout);
  const all = (await list('--all', '-o', 'table')).stdout;
  expect(all).toMatch(/^NAME +CODE +STATUS +TYPE +START +END +ID\n/);
  expect(all).toMatch(/^Winter Gala +GALA-WINTER +Inactive +Event/m);
  expect(all).toMatch(/^Campaign Template +TEMPLATE-BASE +Proposed, template +Advert/m);
  const [header, row] = csv.stdout.trimEnd().split(/\r?\n/);
  expect(header).toBe('name,code,status,type,start,end,id');
  expect(row).toBe(
    'Spring Launch,SPRING-LAUNCH,Launched,Direct Marketing,2026-03-01,2026-05-31,a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0001',
  );
});

it('shows more campaigns than fit in one page', async () => {
  await Promise.all(Array.from({ length: 120 }, (_, number) => cli.make.campaign({ name: `Paged ${number}` })));
  const { stdout } = await list('--search', 'Paged');
  expect(jsonLines(stdout)).toHaveLength(120);
});
