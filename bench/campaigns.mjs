/** Rows that a benchmark starts with, made over the API like anybody's. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

async function create(emulator, set, row) {
  const answer = await fetch(`${emulator.url}/api/data/v9.2/${set}`, {
    method: 'POST',
    headers: { Authorization: 'Bearer bench', 'Content-Type': 'application/json', 'OData-Version': '4.0' },
    body: JSON.stringify(row),
  });
  if (!answer.ok) throw new Error(`${set}: ${answer.status} ${await answer.text()}`);
}

export async function createCampaign(emulator) {
  const campaignid = randomUUID();
  await create(emulator, 'campaigns', { campaignid, name: `Bench ${campaignid.slice(0, 8)}` });
  return campaignid;
}

const CREATED_FROM_CODE = { lead: 4, contact: 2 };

/** A list of leads or contacts for the scripts, which are spared the campaign. */
export async function createList(emulator, personType) {
  const listid = randomUUID();
  const createdfromcode = CREATED_FROM_CODE[personType];
  await create(emulator, 'lists', { listid, listname: `Bench ${listid.slice(0, 8)}`, createdfromcode, type: false });
  return listid;
}

/** The emulator's generated people: odd numbers are leads, even ones contacts. */
const existingLead = (number) => `person${2 * number + 1}@people.example`;
const generatedId = (number) =>
  `${number % 2 === 0 ? 'c0de0000' : '1ead0000'}-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** How many people the emulator has to generate for so many leads. */
export const generatedFor = (leads) => 2 * leads;

/** A CSV of leads by e-mail. Of ten in a row `newOfTen` are new, with what a creation needs. */
export function writeEmails(home, name, { people, newOfTen = 0 }) {
  const lines = ['email,firstname,lastname'];
  for (let number = 0; number < people; number += 1) {
    const email = number % 10 < newOfTen ? `new${number}@people.example` : existingLead(number);
    lines.push(`${email},Person,Number ${number}`);
  }
  return write(home, name, lines);
}

/** A CSV of ids, leads and contacts by turns. */
export function writeIds(home, name, people) {
  const lines = ['id'];
  for (let number = 1; number <= people; number += 1) lines.push(generatedId(number));
  return write(home, name, lines);
}

function write(home, name, lines) {
  const path = join(home.directory, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}
