/** What a stored event line says, read back. The lines are our own, but a journal can be older or newer than this: nothing is assumed. */
import { parseGuid } from '../../dataverse/guid.ts';
import { type LinePieces, lineText } from '../../line-pieces.ts';
import type { PersonType } from '../person.ts';

export type EventFacts = {
  readonly campaign: { readonly id: string; readonly name: string; readonly code: string };
  /** Undefined when the line names nobody. */
  readonly person: { readonly type: PersonType; readonly id: string } | undefined;
  /** Empty when the event was told without it. */
  readonly email: string;
  readonly listName: string;
};

type Fields = Readonly<Record<string, unknown>>;

export function readEvent(line: LinePieces): EventFacts {
  const data = fieldsOf(fieldsOf(parse(lineText(line))).data);
  const campaign = fieldsOf(data.campaign);
  const person = fieldsOf(data.person);
  const id = parseGuid(textOf(person.id));
  const { type } = person;
  return {
    campaign: { id: textOf(campaign.id), name: textOf(campaign.name), code: textOf(campaign.code) },
    person: id !== undefined && (type === 'lead' || type === 'contact') ? { type, id } : undefined,
    email: textOf(person.email),
    listName: textOf(fieldsOf(data.list).name),
  };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
