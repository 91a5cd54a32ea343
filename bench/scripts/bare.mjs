/**
 * The least that dyncamp's promises cost, for who is told nothing but ids of people who exist: the same two requests per 1,000 people (read
 * everybody with their memberships; add, and read back), an intent in SQLite before each write, an event there after it, then on stdout.
 * Nothing is decided, refused or tried again. What dyncamp costs beyond it is the price of its decisions.
 * bare.mjs URL LEADLIST CONTACTLIST FILE JOURNAL
 */
import { hash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import Database from 'libsql';
import { Pool } from 'undici';

const SIZE = 1000;
/** Ids in one question: the service takes 500 conditions. */
const ASKED_TOGETHER = 500;
const IN_FLIGHT = 4;

const [, , url, leadList, contactList, file, journal] = process.argv;
const TABLES = [
  { name: 'lead', set: 'leads', list: leadList },
  { name: 'contact', set: 'contacts', list: contactList },
];
const COLUMNS = [
  'emailaddress1',
  'fullname',
  'statecode',
  'createdon',
  'createdby',
  'masterid',
  'donotbulkemail',
  'donotemail',
];
const MEMBER = ['listmemberid', 'createdon', 'createdby'];

const pool = new Pool(url, { connections: IN_FLIGHT });
const database = new Database(journal);
database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  CREATE TABLE intents (batch INTEGER PRIMARY KEY, people TEXT NOT NULL);
  CREATE TABLE events (batch INTEGER PRIMARY KEY, lines TEXT NOT NULL);`);
const intend = database.prepare('INSERT INTO intents VALUES (?, ?)');
const keepEvents = database.prepare('INSERT INTO events VALUES (?, ?)');
const isDone = database.prepare('DELETE FROM intents WHERE batch = ?');

/** The rows of each answered part. */
async function send(parts) {
  const boundary = `batch_${randomUUID()}`;
  const body = `${parts.map((part) => `--${boundary}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n${part}\r\n`).join('')}--${boundary}--\r\n`;
  const answer = await pool.request({
    path: '/api/data/v9.2/$batch',
    method: 'POST',
    headers: {
      authorization: 'Bearer bench',
      'content-type': `multipart/mixed; boundary=${boundary}`,
      'odata-version': '4.0',
    },
    body,
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${text.slice(0, 500)}`);
  return text
    .split('\n{')
    .slice(1)
    .map((part) => JSON.parse(`{${part.slice(0, part.lastIndexOf('}') + 1)}`).value);
}

const get = (path) => `GET /api/data/v9.2/${path} HTTP/1.1\r\nAccept: application/json\r\n\r\n`;
const post = (path, body) =>
  `POST /api/data/v9.2/${path} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(body)}`;

function questions(ids) {
  return TABLES.flatMap(({ name, set, list }) => {
    const columns = [`${name}id`, ...COLUMNS].map((column) => `<attribute name='${column}'/>`).join('');
    const member = MEMBER.map((column) => `<attribute name='${column}' alias='m_${column}'/>`).join('');
    return slices(ids, ASKED_TOGETHER).map((some) => {
      const values = some.map((id) => `<value>${id}</value>`).join('');
      const xml = `<fetch><entity name='${name}'>${columns}<filter><condition attribute='${name}id' operator='in'>${values}</condition></filter><link-entity name='listmember' from='entityid' to='${name}id' link-type='outer' alias='m'>${member}<filter><condition attribute='listid' operator='in'><value>${list}</value></condition></filter></link-entity></entity></fetch>`;
      return get(`${set}?fetchXml=${encodeURIComponent(xml)}`);
    });
  });
}

function writes(people) {
  const parts = TABLES.map(({ name, list }) => {
    const members = people.filter((person) => person.name === name);
    const ids = members.map(({ id }) => `'${id}'`).join(',');
    const filter = `_listid_value eq ${list} and Microsoft.Dynamics.CRM.In(PropertyName='entityid',PropertyValues=[${ids}])`;
    return {
      write: post('AddListMembersList', {
        List: { '@odata.type': 'Microsoft.Dynamics.CRM.list', listid: list },
        Members: members.map(({ id }) => ({ '@odata.type': `Microsoft.Dynamics.CRM.${name}`, [`${name}id`]: id })),
      }),
      read: get(
        `listmembers?$select=listmemberid,_entityid_value,createdon,_createdby_value&$filter=${encodeURIComponent(filter)}`,
      ),
    };
  });
  return [...parts.map(({ write }) => write), ...parts.map(({ read }) => read)];
}

async function work(batch, ids) {
  const people = new Map();
  const found = await send(questions(ids));
  found.forEach((rows, part) => {
    const { name, list } = TABLES[Math.floor((part * TABLES.length) / found.length)];
    for (const row of rows)
      people.set(row[`${name}id`], { name, list, id: row[`${name}id`], email: row.emailaddress1 });
  });
  const wanted = ids.map((id) => people.get(id));
  intend.run(batch, JSON.stringify(wanted));
  const members = new Map();
  for (const rows of await send(writes(wanted))) for (const row of rows) members.set(row._entityid_value, row);
  const time = new Date().toISOString();
  let lines = '';
  for (const [place, { name, list, id, email }] of wanted.entries()) {
    const { listmemberid, createdon } = members.get(id);
    const eventId = hash('sha1', `added:${listmemberid}:${Date.parse(createdon) / 1000}`);
    lines += `{"specversion":"1.0","id":"${eventId}","source":"urn:dynamics:c0de0000-0000-4000-8000-000000000000:campaign:c0de0000-0000-4000-8000-000000000000","type":"dyncamp.person.added","subject":"${name}s/${id}","time":"${time}","datacontenttype":"application/json","data":{"trigger":"Added to Microsoft Campaign","campaign":{"id":"c0de0000-0000-4000-8000-000000000000","name":"Bench campaign","code":"CMP-00000-AAAAAA"},"person":{"type":"${name}","id":"${id}","email":${JSON.stringify(email)},"created":false},"list":{"id":"${list}","name":"Mkto-Bench campaign-c0de0000-0000-4000-8000-000000000000"},"listMemberId":"${listmemberid}","run":"c0de0000-0000-4000-8000-000000000000","input":{"source":"ids.csv","line":${batch * SIZE + place + 2},"ref":"${id}"}}}\n`;
  }
  database.exec('BEGIN IMMEDIATE');
  keepEvents.run(batch, lines);
  isDone.run(batch);
  database.exec('COMMIT');
  return lines;
}

function slices(items, size) {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}

async function* batchesOf(path) {
  let ids = [];
  let isHeader = true;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (!isHeader) ids.push(line);
    isHeader = false;
    if (ids.length < SIZE) continue;
    yield ids;
    ids = [];
  }
  if (ids.length > 0) yield ids;
}

const waiting = [];
const tellNext = async () => {
  const lines = await waiting.shift();
  await new Promise((resolve) => process.stdout.write(lines, resolve));
};
let batch = 0;
for await (const ids of batchesOf(file)) {
  waiting.push(work(batch, ids));
  batch += 1;
  if (waiting.length === IN_FLIGHT) await tellNext();
}
while (waiting.length > 0) await tellNext();
await pool.close();
database.close();
