/**
 * Whether memory stays and time grows evenly: many ids from a CSV without simulated latency, beside a tenth of them. And what of the CPU
 * time nobody could spare: a script that does a tenth of them under the same promises, and decides nothing.
 */
import { join } from 'node:path';
import { createCampaign, createList, writeIds } from './campaigns.mjs';
import { DOP_HINT, startBenchEmulator } from './emulator.mjs';
import { check, heading, table } from './report.mjs';
import { createHome, runDyncamp, runScript } from './run-client.mjs';

/** The heap that Node allows itself on a machine, or in a container, with 1 GB: V8 collects garbage earlier there. */
const ON_A_SMALL_MACHINE = { NODE_OPTIONS: '--max-old-space-size=512' };

export async function size({ ids }) {
  heading(`${ids} ids from a CSV, no latency`);
  const emulator = await startBenchEmulator({ seed: 'none', people: ids, dopHint: DOP_HINT });
  try {
    const bare = await runBare(emulator, Math.round(ids / 10));
    const small = await run(emulator, Math.round(ids / 10));
    const big = await run(emulator, ids);
    const bigOnSmall = { ...(await run(emulator, ids, ON_A_SMALL_MACHINE)), name: 'dyncamp add, 1 GB' };
    table([bare, small, big, bigOnSmall]);
    check('peak MB where 1 GB is there', bigOnSmall.peakRssMb, { atMost: 200 });
    // Where there is plenty, V8 lets the heap grow to four times what is kept.
    check('peak MB', big.peakRssMb, { atMost: 260 });
    check('peak memory ÷ that of a tenth', big.peakRssMb / small.peakRssMb, { atMost: 1.2 });
    check('time ÷ that of a tenth', big.elapsedMs / small.elapsedMs, { atMost: 11 });
    check('client CPU ÷ bare', small.cpuMs / bare.cpuMs, { atMost: 5 });
  } finally {
    await emulator.close();
  }
}

async function runBare(emulator, people) {
  const home = createHome();
  try {
    const lists = [await createList(emulator, 'lead'), await createList(emulator, 'contact')];
    const args = [...lists, writeIds(home, 'ids.csv', people), join(home.directory, 'journal.db')];
    return { name: 'bare add', people, ...(await runScript({ emulator, home, script: 'bare', args })) };
  } finally {
    home.remove();
  }
}

async function run(emulator, people, env = {}) {
  const home = createHome();
  try {
    const args = ['add', await createCampaign(emulator), '-f', writeIds(home, 'ids.csv', people)];
    return { name: 'dyncamp add', people, ...(await runDyncamp({ emulator, home, args, env })) };
  } finally {
    home.remove();
  }
}
