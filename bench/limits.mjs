/** How near to the service's limit dyncamp stays when service protection is on and tight, and whether it ever asks when it was told to wait. */
import { createCampaign, generatedFor, writeEmails } from './campaigns.mjs';
import { DOP_HINT, LATENCY, startBenchEmulator } from './emulator.mjs';
import { check, heading, table } from './report.mjs';
import { createHome, runDyncamp } from './run-client.mjs';

/** A window that is used up several times over: so many requests are let through in so many seconds. */
const LIMITS = { requests: 10, executionTimeMs: 1_200_000, concurrency: 52, windowSeconds: 10 };
const PEOPLE = 20_000;

export async function limits() {
  heading(`${PEOPLE} people, ${LIMITS.requests} requests in ${LIMITS.windowSeconds} s let through`);
  const emulator = await startBenchEmulator({
    seed: 'none',
    people: generatedFor(PEOPLE),
    latency: LATENCY,
    dopHint: DOP_HINT,
    limits: LIMITS,
  });
  const home = createHome();
  try {
    const args = ['add', await createCampaign(emulator), '-f', writeEmails(home, 'people.csv', { people: PEOPLE })];
    // What making the campaign cost has left the window before the run begins.
    await new Promise((resolve) => setTimeout(resolve, LIMITS.windowSeconds * 1000));
    const dyncamp = await runDyncamp({ emulator, home, args });
    table([{ name: 'dyncamp add', people: PEOPLE, ...dyncamp }]);
    const served = dyncamp.requests - dyncamp.throttled;
    const fullWindows = Math.ceil(served / LIMITS.requests) - 1;
    const ideal = fullWindows * LIMITS.windowSeconds * 1000;
    console.log(`${dyncamp.throttled} requests were answered with 429; ${served} served.\n`);
    check('time ÷ what the limit allows at best', dyncamp.elapsedMs / ideal, { atMost: 1.25 });
    check('requests inside a Retry-After', dyncamp.insideRetryAfter, { atMost: 0 });
  } finally {
    await emulator.close();
    home.remove();
  }
}
