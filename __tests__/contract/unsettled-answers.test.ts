/**
 * Asks an organization how it answers what no document settles. Against the emulator each question is asked under every position of its
 * switch, which shows that the asking tells them apart; with DYNCAMP_CONTRACT_URL the answers of that organization are printed.
 */
import { writeFileSync } from 'node:fs';
import { UNSETTLED } from '../../src/emulator/switches.ts';
import { UNSETTLED_CHECK_IDS } from '../../src/sync/unsettled.ts';
import { useEmulator } from '../support/emulator.ts';
import { CONTRACT_URL } from '../support/real-environment.ts';
import { probeTools } from '../support/unsettled/probe.ts';
import { askOrSayWhyNot, NEVER_ASKED, PROBES } from '../support/unsettled/probes.ts';

jest.setTimeout(120_000);
const api = useEmulator({ seed: 'none' });
const tools = probeTools(api);
const isReal = CONTRACT_URL !== undefined;

const positions = PROBES.flatMap((probe) =>
  UNSETTLED[probe.name].map((value) => [probe.question, probe.name, value, probe] as const),
);

(isReal ? describe.skip : describe)(
  'each question tells the answers apart (skipped against a real organization)',
  () => {
    it.each(positions)('%s %s: %s', async (_question, _title, value, { name, ask }) => {
      api.switch({ [name]: value });
      expect(await ask(tools)).toBe(value);
    });

    it('is put, or has a reason why it cannot be', () => {
      const names = [...PROBES.map(({ name }) => name), ...Object.keys(NEVER_ASKED)];
      expect(names.toSorted()).toEqual(Object.keys(UNSETTLED).toSorted());
      const questions = [...PROBES, ...Object.values(NEVER_ASKED)].map(({ question }) => question);
      // U42 and U43 are states of an environment, not answers: faults in the emulator.
      const asked = [...questions, 'U42', 'U43'];
      expect(new Set(asked.map((number) => `unsettled.${number}`))).toEqual(new Set(UNSETTLED_CHECK_IDS));
    });

    it.each([
      [{ removeMemberList: 'absent' }, { U7: 'RemoveMemberList', U14: 'RemoveMemberList', U23: 'RemoveMemberList' }],
      [{ removeListMembersList: 'absent' }, { U8: 'RemoveListMembersList' }],
      [
        { addItemCampaign: 'absent' },
        { U11: 'AddItemCampaign', U12: 'AddItemCampaign', U15: 'AddItemCampaign', U27: 'AddItemCampaign' },
      ],
    ] as const)('has no answer where an action that it takes is not offered: %j', async (switches, missing) => {
      api.switch(switches);
      for (const [question, action] of Object.entries(missing))
        for (const probe of PROBES.filter((each) => each.question === question))
          expect(await askOrSayWhyNot(tools, probe)).toMatch(new RegExp(`^not asked: ${action} `));
    });

    it('says why where an organization or a user does not let it be asked', async () => {
      const refused = { ...tools, api: { ...api, post: () => api.post('Merge', {}) } };
      const merged = PROBES.find(({ name }) => name === 'addMergedPerson');
      expect(merged && (await askOrSayWhyNot(refused, merged))).toMatch(/^not asked: Merge was refused \(400 0x/);
    });
  },
);

(isReal ? describe : describe.skip)('answers of the organization at DYNCAMP_CONTRACT_URL', () => {
  const told: Record<string, string> = {};
  afterAll(async () => {
    for (const [name, { question, why }] of Object.entries(NEVER_ASKED))
      told[`${question} ${name}`] = `not asked: ${why}`;
    const file = process.env.DYNCAMP_CONTRACT_ANSWERS;
    if (file !== undefined) writeFileSync(file, JSON.stringify({ ...(await factsOf()), answers: told }));
    process.stdout.write(
      `\nUnsettled questions, as ${CONTRACT_URL} answers them:\n${Object.entries(told)
        .map(([title, answer]) => `${title}: ${answer}`)
        .join('\n')}\n\n`,
    );
  });

  it.each(PROBES.map((probe) => [`${probe.question} ${probe.name}`, probe] as const))('%s', async (title, probe) => {
    const answer = await askOrSayWhyNot(tools, probe);
    told[title] = answer;
    if (!answer.startsWith('not asked: ')) expect(UNSETTLED[probe.name]).toContain(answer);
  });
});

/** What goes with the answers in a report, and names nobody. */
async function factsOf() {
  const [version, organizations, dop] = await Promise.all([
    api.get('RetrieveVersion()'),
    api.get('organizations?$select=languagecode'),
    api.get('WhoAmI'),
  ]);
  const [row] = Array.isArray(organizations.json.value) ? organizations.json.value : [];
  return {
    dataverse: version.json.Version,
    languagecode: row?.languagecode,
    dopHint: dop.headers.get('x-ms-dop-hint') ?? undefined,
  };
}
