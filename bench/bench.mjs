/**
 * `npm run bench`: what dyncamp costs, measured against the emulator with a stated latency model. Not a part of the tests: it takes
 * minutes and wants a quiet machine. `npm run bench -- speed --people 5000` runs one part, small.
 */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { limits } from './limits.mjs';
import { missedTargets } from './report.mjs';
import { size } from './size.mjs';
import { speed } from './speed.mjs';
import { startUp } from './start-up.mjs';

const PARTS = { speed, size, limits, 'start-up': startUp };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** People of the comparison. */
    people: { type: 'string', default: '50000' },
    /** People of the plain script; its rate is constant. */
    'plain-people': { type: 'string', default: '1000' },
    /** Ids of the big file; a tenth of it is measured beside. */
    ids: { type: 'string', default: '1000000' },
  },
});

const named = positionals.length === 0 ? Object.keys(PARTS) : positionals;
const unknown = named.find((name) => !(name in PARTS));
if (unknown !== undefined) throw new Error(`There is no part "${unknown}": ${Object.keys(PARTS).join(', ')}`);

console.log(
  `${new Date().toISOString()}, Node ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model}), load ${loadavg()[0]?.toFixed(1)}`,
);
for (const name of named) {
  await PARTS[name]({
    people: Number(values.people),
    plainPeople: Number(values['plain-people']),
    ids: Number(values.ids),
  });
}
process.exitCode = missedTargets() > 0 ? 1 : 0;
