/** Whether memory stays and time grows evenly: many ids from a CSV without simulated latency, beside a tenth of them. */
import { createCampaign, writeIds } from './campaigns.mjs';
import { DOP_HINT, startBenchEmulator } from './emulator.mjs';
import { check, heading, table } from './report.mjs';
import { createHome, runDyncamp } from './run-client.mjs';

export async function size({ ids }) {
  heading(`${ids} ids from a CSV, no latency`);
  const emulator = await startBenchEmulator({ seed: 'none', people: ids, dopHint: DOP_HINT });
  try {
    const small = await run(emulator, Math.round(ids / 10));
    const big = await run(emulator, ids);
    table([small, big]);
    check('peak MB', big.peakRssMb, { atMost: 150 });
    check('peak memory ÷ that of a tenth', big.peakRssMb / small.peakRssMb, { atMost: 1.2 });
    check('time ÷ that of a tenth', big.elapsedMs / small.elapsedMs, { atMost: 11 });
    check('client CPU s per million', (big.cpuMs * 1000) / ids, { atMost: 40 });
  } finally {
    await emulator.close();
  }
}

async function run(emulator, people) {
  const home = createHome();
  try {
    const args = ['add', await createCampaign(emulator), '-f', writeIds(home, 'ids.csv', people)];
    return { name: 'dyncamp add', people, ...(await runDyncamp({ emulator, home, args })) };
  } finally {
    home.remove();
  }
}
