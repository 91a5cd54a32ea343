/** What a benchmark prints: aligned columns, and each target with what was reached. */
let missed = 0;

export function heading(text) {
  console.log(`\n## ${text}\n`);
}

const COLUMNS = {
  'people/s': (row) => Math.round((row.people * 1000) / row.elapsedMs),
  seconds: (row) => (row.elapsedMs / 1000).toFixed(1),
  requests: (row) => row.requests,
  'MB sent': (row) => (row.bytesSent / 1e6).toFixed(1),
  'MB received': (row) => (row.bytesReceived / 1e6).toFixed(1),
  'client CPU s': (row) => (row.cpuMs / 1000).toFixed(1),
  'CPU s/million': (row) => Math.round((row.cpuMs * 1000) / row.people),
  'peak MB': (row) => Math.round(row.peakRssMb),
  'server CPU s': (row) => (row.serverCpuMs / 1000).toFixed(1),
};

export function table(rows) {
  console.log(`| ${['', 'people', ...Object.keys(COLUMNS)].join(' | ')} |`);
  console.log(`|${'---|'.repeat(Object.keys(COLUMNS).length + 2)}`);
  for (const row of rows) {
    console.log(`| ${[row.name, row.people, ...Object.values(COLUMNS).map((value) => value(row))].join(' | ')} |`);
  }
  console.log('');
}

/** One target. A missed one makes the benchmark end with 1. */
export function check(name, value, { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }) {
  const isMet = value >= atLeast && value <= atMost;
  if (!isMet) missed += 1;
  const target = atMost === Number.POSITIVE_INFINITY ? `at least ${atLeast}` : `at most ${atMost}`;
  console.log(`- ${isMet ? 'met   ' : 'MISSED'} ${name}: ${value.toFixed(2)} (${target})`);
}

export const missedTargets = () => missed;
