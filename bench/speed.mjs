/** People per second, requests, bytes, CPU and memory, beside two scripts that do the same work. All against one emulator. */
import { createCampaign, createList, generatedFor, writeEmails } from './campaigns.mjs';
import { DOP_HINT, LATENCY, startBenchEmulator } from './emulator.mjs';
import { check, heading, table } from './report.mjs';
import { createHome, runDyncamp, runScript } from './run-client.mjs';

/** Requests that a run needs before its first batch: who we are, what we may, the campaign and its lists. */
const OVERHEAD = 4;

export async function speed({ people, plainPeople }) {
  heading(`${people} people by e-mail, ${describeModel()}`);
  const emulator = await startBenchEmulator({
    seed: 'none',
    people: generatedFor(people),
    latency: LATENCY,
    dopHint: DOP_HINT,
  });
  const home = createHome();
  try {
    const all = writeEmails(home, 'people.csv', { people });
    const few = writeEmails(home, 'few.csv', { people: plainPeople });
    const ratios = await compare({ emulator, home, people, plainPeople, all, few });
    await withNewPeople({ emulator, home, people });
    return ratios;
  } finally {
    await emulator.close();
    home.remove();
  }
}

const describeModel = () =>
  `${LATENCY.perRequestMs} ms per request + ${LATENCY.perRowWrittenMs} ms per row written + ${LATENCY.perRowReadMs} ms per row read, hint ${DOP_HINT}`;

async function compare({ emulator, home, people, plainPeople, all, few }) {
  const plainList = await createList(emulator, 'lead');
  const cleverList = await createList(emulator, 'lead');
  const campaign = await createCampaign(emulator);
  for (const change of ['add', 'remove']) {
    const dyncamp = await runDyncamp({ emulator, home, args: [change, campaign, '-f', all] });
    const clever = await runScript({ emulator, home, script: 'clever', args: [change, cleverList, all] });
    const plain = await runScript({ emulator, home, script: 'plain', args: [change, plainList, few] });
    const rows = [
      { name: `dyncamp ${change}`, people, ...dyncamp },
      { name: `clever ${change}`, people, ...clever },
      { name: `plain ${change}`, people: plainPeople, ...plain },
    ];
    table(rows);
    const rate = (row) => row.people / row.elapsedMs;
    check(`dyncamp ${change} ÷ plain`, rate(rows[0]) / rate(rows[2]), { atLeast: 75 });
    check(`dyncamp ${change} ÷ clever`, rate(rows[0]) / rate(rows[1]), { atLeast: 5 });
    check('requests per 1,000 people, overhead aside', perThousand(dyncamp.requests, people), { atMost: 2.2 });
  }
}

const perThousand = (requests, people) => ((requests - OVERHEAD) * 1000) / people;

async function withNewPeople({ emulator, home, people }) {
  const campaign = await createCampaign(emulator);
  const file = writeEmails(home, 'new.csv', { people, newOfTen: 3 });
  const dyncamp = await runDyncamp({ emulator, home, args: ['add', campaign, '-f', file] });
  table([{ name: 'dyncamp add, 30 % new', people, ...dyncamp }]);
  check('requests per 1,000 people, 30 % new', perThousand(dyncamp.requests, people), { atMost: 5 });
}
