/**
 * Asks an organization how it answers what no document settles. Against the emulator each question is asked under every position of its
 * switch, which shows that the asking tells them apart; with DYNCAMP_CONTRACT_URL the answers of that organization are printed.
 */
import { UNSETTLED } from '../../src/emulator/unsettled.ts';
import { makers, useEmulator } from '../support/emulator.ts';
import { CONTRACT_URL } from '../support/real-environment.ts';
import { probes } from '../support/unsettled-probes.ts';

jest.setTimeout(120_000);
const api = useEmulator({ seed: 'none' });
const questions = probes(api, makers(api));
const isReal = CONTRACT_URL !== undefined;

const positions = questions.flatMap((probe) =>
  UNSETTLED[probe.name].map((value) => [probe.question, value, probe] as const),
);

(isReal ? describe.skip : describe)(
  'each question tells the answers apart (skipped against a real organization)',
  () => {
    it.each(positions)('%s %s', async (_question, value, { name, ask }) => {
      api.switch({ [name]: value });
      expect(await ask()).toBe(value);
    });
  },
);

(isReal ? describe : describe.skip)('answers of the organization at DYNCAMP_CONTRACT_URL', () => {
  const answers: string[] = [];
  afterAll(() => {
    process.stdout.write(`\nUnsettled questions, as ${CONTRACT_URL} answers them:\n${answers.join('\n')}\n\n`);
  });

  it.each(questions.map((probe) => [`${probe.question} ${probe.name}`, probe] as const))(
    '%s',
    async (title, { name, ask }) => {
      const answer = await ask();
      answers.push(`${title}: ${answer}`);
      expect(UNSETTLED[name]).toContain(answer);
    },
  );
});
