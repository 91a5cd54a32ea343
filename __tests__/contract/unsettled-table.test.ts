import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UNSETTLED } from '../../src/emulator/switches.ts';
import { UNSETTLED_CHECK_IDS } from '../../src/sync/unsettled.ts';
import { USUAL } from '../support/emulator.ts';
import { PROBES } from '../support/unsettled/probes.ts';

const root = join(__dirname, '../..');
const table = readFileSync(join(root, 'docs/unsettled.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| U'))
  .map((line) => line.split(' | '));
/** What has no switch is a fault that can be ordered. */
const isFault = (text = '') => text.startsWith('fault ');

const quoted = (text = '') => [...text.matchAll(/`([^`]+)`/g)].map(([, inside = '']) => inside);

const QUESTIONS = 44;
const EACH_ASKED = 'contract/unsettled-answers.test.ts';

describe('docs/unsettled.md', () => {
  it('has every question once, in order', () => {
    const numbers = table.map(([number]) => Number(number?.slice('| U'.length)));
    expect(numbers).toEqual(Array.from({ length: QUESTIONS }, (_, place) => place + 1));
    expect(numbers.map((number) => `unsettled.U${number}`)).toEqual(UNSETTLED_CHECK_IDS);
  });

  it('names every switch with its values, the default first', () => {
    const withSwitch = table.filter(([, , switches]) => !isFault(switches));
    const named = withSwitch.flatMap(([, , switches = '']) =>
      switches.split('<br>').map((text) => {
        const [name = '', ...values] = quoted(text);
        return [name, values];
      }),
    );
    expect(Object.fromEntries(named)).toEqual(UNSETTLED);
  });

  it.each(table.map((cells) => [cells[0]?.slice(2), cells] as const))(
    '%s: its tests exist and set its switches',
    (_, cells) => {
      const tests = quoted(cells[4]).map((path) => {
        expect(existsSync(join(root, path))).toBe(true);
        return readFileSync(join(root, path), 'utf8');
      });
      expect(tests).not.toHaveLength(0);
      if (isFault(cells[2])) {
        for (const value of quoted(cells[2]).slice(1))
          expect({ value, isRun: tests.some((test) => test.includes(`'${value}'`)) }).toMatchObject({ isRun: true });
        return;
      }
      for (const text of (cells[2] ?? '').split('<br>')) {
        const [name = '', ...values] = quoted(text);
        // It asks under every answer.
        if (cells[4]?.includes(EACH_ASKED)) {
          expect(PROBES.map((probe) => String(probe.name))).toContain(name);
          continue;
        }
        const usual = Object.entries(USUAL).find(([each]) => each === name)?.[1] ?? values[0];
        // Every answer but the usual one, which is what all other tests run under.
        for (const value of values.filter((each) => each !== usual))
          expect({ value, isRun: tests.some((test) => test.includes(`'${value}'`)) }).toMatchObject({ isRun: true });
        expect(tests.some((test) => new RegExp(`api\\.switch\\([^;]*\\b${name}\\b|\\b${name}: value`).test(test))).toBe(
          true,
        );
      }
    },
  );

  it('names the test that runs the client under each', () => {
    const all = readFileSync(join(root, '__tests__/contract/membership/unsettled.test.ts'), 'utf8');
    expect(all).toContain('Object.entries(UNSETTLED)');
  });
});
