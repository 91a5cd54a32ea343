/**
 * How a question of docs/unsettled.md is put to an organization with rows of one's own, and what the questions have in common: the
 * requests, and how an answer is read.
 */
import type { SwitchName } from '../../../src/emulator/switches.ts';
import { type Api, crm, makers, members, type TestAnswer } from '../emulator.ts';
import { type AnsweredPart, type BatchPart, part, parts, sendBatch } from '../raw-batch.ts';

export type Probe = {
  /** `U1` */
  readonly question: string;
  readonly name: SwitchName;
  /** Gives one of the switch's values; throws NotAsked where this organization or user does not let it be found out. */
  readonly ask: (tools: ProbeTools) => Promise<string>;
};

/** Why a question has no answer here; a line of the report, no failure. */
export class NotAsked extends Error {}

export type ProbeTools = ReturnType<typeof probeTools>;

export const isGood = ({ status }: { readonly status: number }): boolean => status < 300;
export const codeOf = ({ json }: Pick<TestAnswer, 'json'>): string =>
  String(Object(json.error).code ?? '').toLowerCase();

/** A 404 about the action, not about a row. */
export const isNotOffered = (answer: TestAnswer): boolean => answer.status === 404 && codeOf(answer) !== '0x80040217';

export function mustBeOffered(name: string, answer: TestAnswer): TestAnswer {
  if (isNotOffered(answer)) throw new NotAsked(`${name} is not offered`);
  return answer;
}

export function how(answer: { readonly status: number }, good: string, refused: string): string {
  return isGood(answer) ? good : refused;
}

/** For what must work before the question can be put. */
export function mustWork(what: string, answer: TestAnswer): TestAnswer {
  if (isGood(answer)) return answer;
  throw new NotAsked(`${what} was refused (${answer.status} ${codeOf(answer)})`);
}

export function probeTools(api: Api) {
  const make = makers(api);
  const add = (list: string, people: readonly string[]) =>
    api.post('AddListMembersList', members(list, 'lead', people));
  const linkAction = (list: string, campaign: string) =>
    api.post(`lists(${list})/Microsoft.Dynamics.CRM.AddItemCampaign`, { Campaign: crm('campaign', campaign) });
  return {
    api,
    make,
    add,
    removeMany: (list: string, people: readonly string[]) =>
      api.post('RemoveListMembersList', members(list, 'lead', people)),
    removeOne: (list: string, person: string) =>
      api.post(`lists(${list})/Microsoft.Dynamics.CRM.RemoveMemberList`, { ListMember: { listmemberid: person } }),
    linkAction,
    close: (lead: string) => api.patch(`leads(${lead})`, { statecode: 2, statuscode: 4 }),
    /** A list with these leads on it. */
    listed: async (...people: string[]): Promise<string> => {
      const list = await make.leadList();
      mustWork('AddListMembersList', await add(list, people));
      return list;
    },
    linked: async (): Promise<readonly [list: string, campaign: string]> => {
      const pair = [await make.leadList(), await make.campaign()] as const;
      mustWork('AddItemCampaign', await linkAction(...pair));
      return pair;
    },
    /** One GET inside a batch, where a URL may be twice as long. */
    batchedGet: async (path: string): Promise<AnsweredPart> => onlyPart(api, part('GET', path)),
  };
}

async function onlyPart(api: Api, request: BatchPart): Promise<AnsweredPart> {
  const answer = await sendBatch(api, [request]);
  const [only] = parts(answer);
  if (only === undefined) throw new Error(`a batch without an answer: ${answer.status} ${answer.text}`);
  return only;
}
