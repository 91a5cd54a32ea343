/**
 * How long the emulator takes over questions to a table of many people: `node bench/emulator-speed.mjs [people]`, 1,000,000 by default.
 * In memory, without simulated latency; the times are those of a client on the same machine, so they have HTTP in them.
 */
import { cpus } from 'node:os';
import { startBenchEmulator } from './emulator.mjs';

const people = Number(process.argv[2] ?? 1_000_000);
const REPEATS = 20;
const VALUES = 500;

const email = (number) => `person${number}@people.example`;
const leadId = (number) => `1ead0000-0000-4000-8000-${String(number).padStart(12, '0')}`;
/** Another person each time, spread over the whole table; leads have odd numbers. */
const someone = (round) => ((round * 7_919 + 13) % (people / 2)) * 2 + 1;
const some = (round, text) => Array.from({ length: VALUES }, (_, index) => text(someone(round * VALUES + index)));
const isIn = (column, values) =>
  `Microsoft.Dynamics.CRM.In(PropertyName='${column}',PropertyValues=${JSON.stringify(values)})`;
const filtered = (filter) => `leads?$select=leadid,emailaddress1&$filter=${encodeURIComponent(filter)}`;
const fetched = (values) =>
  `leads?fetchXml=${encodeURIComponent(
    `<fetch><entity name='lead'><attribute name='leadid'/><filter><condition attribute='emailaddress1' operator='in'>${values
      .map((value) => `<value>${value}</value>`)
      .join('')}</condition></filter></entity></fetch>`,
  )}`;

const QUESTIONS = [
  ['a page by e-mail', (round) => filtered(`emailaddress1 eq '${email(someone(round))}'`), 1],
  ['a row by id', (round) => `leads(${leadId(someone(round))})?$select=leadid`, undefined],
  [`In of ${VALUES} e-mails`, (round) => filtered(isIn('emailaddress1', some(round, email))), VALUES],
  [`In of ${VALUES} ids`, (round) => filtered(isIn('leadid', some(round, leadId))), VALUES],
  [`FetchXML in of ${VALUES} e-mails`, (round) => fetched(some(round, email)), VALUES],
  ['a page of 5,000', () => 'leads?$select=leadid,emailaddress1', 5000],
];

const started = performance.now();
const emulator = await startBenchEmulator({ seed: 'none', people, latency: {} });
const seconds = (performance.now() - started) / 1000;

const headers = { authorization: 'Bearer bench', 'odata-version': '4.0', 'odata-maxversion': '4.0' };

/** In a batch, where URLs may be twice as long. */
async function ask(path) {
  const body = `--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nGET /api/data/v9.2/${path} HTTP/1.1\r\n\r\n\r\n--b--\r\n`;
  const response = await fetch(`${emulator.url}/api/data/v9.2/$batch`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'multipart/mixed; boundary=b' },
    body,
  });
  const text = await response.text();
  if (!text.includes('HTTP/1.1 200')) throw new Error(text.slice(0, 500));
  return text.split('"@odata.etag"').length - 1;
}

async function measure(question, expected) {
  const times = [];
  for (let round = 0; round < REPEATS; round += 1) {
    const before = performance.now();
    const rows = await ask(question(round));
    times.push(performance.now() - before);
    if (expected !== undefined && rows !== expected) throw new Error(`${rows} rows instead of ${expected}`);
  }
  return times.toSorted((one, other) => one - other);
}

const print = (line) => process.stdout.write(`${line}\n`);
try {
  print(`${people.toLocaleString('en-US')} people, made in ${seconds.toFixed(0)} s; ${REPEATS} rounds each.`);
  print(`${cpus().length} x ${cpus()[0]?.model}, node ${process.version}, ${new Date().toISOString().slice(0, 10)}\n`);
  print('| question | median ms | slowest ms |\n| --- | ---: | ---: |');
  for (const [name, question, expected] of QUESTIONS) {
    const times = await measure(question, expected);
    print(`| ${name} | ${times[REPEATS / 2].toFixed(1)} | ${times.at(-1).toFixed(1)} |`);
  }
} finally {
  await emulator.close();
}
