/** What a chaos run says: one line per ten scenarios, each failure with how to play it again, and a summary. */
import type { Result } from './run-chaos.ts';

const SHOWN = 12;

export function failureText({ scenario, violations, played }: Result, seed: number): string {
  const { index, course, processes, people, switches, steps } = scenario;
  const shown = violations.slice(0, SHOWN).map((violation) => `  - ${violation}`);
  const more = violations.length > SHOWN ? [`  … and ${violations.length - SHOWN} more`] : [];
  const starts = played.started.map(({ command, disturbance, clockMs, code, told, ms }) => {
    const how = [...Object.values(disturbance), ...(clockMs === 0 ? [] : [`clock ${clockMs} ms off`])].join(' ');
    return `  ${command.split(' ')[0]} [${how}] → ${code}, ${told.length} events, ${ms} ms`;
  });
  return [
    `FAILED scenario ${index} of seed ${seed}: ${course}, ${processes}, ${people.length} rows`,
    ...shown,
    ...more,
    ...starts,
    `  switches ${JSON.stringify(switches)}`,
    ...steps.map(
      ({ command, faults, pageSize, restartsAfterMs }) =>
        `  faults of ${command} ${JSON.stringify(faults)} pages of ${pageSize ?? 5_000} restarts ${restartsAfterMs.join(' ')}`,
    ),
    `  again: npm run chaos -- --seed ${seed} --only ${index}`,
  ].join('\n');
}

export function progressText(results: readonly Result[], wanted: number): string {
  const failed = results.filter(({ violations }) => violations.length > 0).length;
  return `${results.length} of ${wanted} scenarios, ${failed} failed. ${countsText(results)}`;
}

export function summaryText(results: readonly Result[], seed: number, ms: number): string {
  const failed = results.filter(({ violations }) => violations.length > 0).map(({ scenario }) => scenario.index);
  const secondRows = results.reduce((sum, result) => sum + result.secondRows, 0);
  return [
    `Seed ${seed}: ${results.length} scenarios in ${Math.round(ms / 1000)} s. ${countsText(results)}`,
    ...(secondRows > 0 ? [`${secondRows} people got a second row where the switch addExistingMember makes one.`] : []),
    failed.length === 0
      ? 'Nothing was lost, nothing was done twice.'
      : `FAILED: ${failed.sort((a, b) => a - b).join(', ')}`,
  ].join('\n');
}

function countsText(results: readonly Result[]): string {
  const starts = results.flatMap(({ played }) => played.started);
  const kills = starts.filter(({ code }) => code === null).length;
  const changes = results.reduce((sum, result) => sum + result.changes, 0);
  const two = results.filter(({ scenario }) => scenario.processes !== 'one').length;
  const of = (wanted: number): number => starts.filter(({ code }) => code === wanted).length;
  return `${starts.length} processes (${kills} killed, ${of(130)} interrupted, ${of(141)} without a reader, ${of(75)} gave up; ${two} scenarios with two at once), ${changes} real changes.`;
}
