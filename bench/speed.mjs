/** People per second, requests, bytes, CPU and memory, beside two scripts that do the same work. All against one emulator. */
import { createCampaign, createList, generatedFor, writeEmails } from './campaigns.mjs';
import { DOP_HINT, LATENCY, startBenchEmulator } from './emulator.mjs';
import { check, heading, table } from './report.mjs';
import { createHome, runDyncamp, runScript } from './run-client.mjs';

/** Requests that a run needs before its first batch: who we are, what we may, the campaign and its lists. */
const OVERHEAD = 4;

/** What a second write to a list does while the first one works; README.md says what each stands for. */
const MODELS = { free: 'free', queued: 'queued', deadlocking: 'deadlock' };

export async function speed({ people, plainPeople }) {
  const open = (model) =>
    startBenchEmulator({
      seed: 'none',
      people: generatedFor(people),
      latency: LATENCY,
      dopHint: DOP_HINT,
      switches: { concurrentListWrites: MODELS[model] },
    });
  await withModel(open, 'free', people, async (bench) => {
    const few = writeEmails(bench.home, 'few.csv', { people: plainPeople });
    await compare({ ...bench, plainPeople, few });
    await withNewPeople(bench);
  });
  const queued = await withModel(open, 'queued', people, addToQueue);
  const deadlocking = await withModel(open, 'deadlocking', people, async ({ emulator, home, all }) => {
    const dyncamp = await runDyncamp({ emulator, home, args: ['add', await createCampaign(emulator), '-f', all] });
    table([{ name: 'dyncamp add', people, ...dyncamp }]);
    return dyncamp;
  });
  check('time of deadlocking ÷ that of queued', deadlocking.elapsedMs / queued.elapsedMs, { atMost: 1.3 });
}

async function withModel(open, model, people, measure) {
  heading(`${people} people by e-mail, model *${model}*: ${describeModel()}`);
  const emulator = await open(model);
  const home = createHome();
  try {
    return await measure({ emulator, home, people, all: writeEmails(home, 'people.csv', { people }) });
  } finally {
    await emulator.close();
    home.remove();
  }
}

async function addToQueue({ emulator, home, people, all }) {
  const dyncamp = await runDyncamp({ emulator, home, args: ['add', await createCampaign(emulator), '-f', all] });
  const clever = await runScript({
    ...{ emulator, home, script: 'clever' },
    args: ['add', await createList(emulator, 'lead'), all],
  });
  table([
    { name: 'dyncamp add', people, ...dyncamp },
    { name: 'clever add', people, ...clever },
  ]);
  // At best the list is never idle.
  const ideal = people * LATENCY.perRowWrittenMs;
  check('queued: dyncamp add ÷ clever', clever.elapsedMs / dyncamp.elapsedMs, { atLeast: 1.3 });
  check('queued: time ÷ the ideal', dyncamp.elapsedMs / ideal, { atMost: 1.15 });
  return dyncamp;
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
  check('requests per 1,000 people, 30 % new', perThousand(dyncamp.requests, people), { atMost: 4.5 });
}
