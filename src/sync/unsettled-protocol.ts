/**
 * Reads the service's own description and its answers to unusual requests: which actions the Web API declares (U9–U11, U28), whether
 * it takes a request without OData-Version (U26) and a batch with bare line feeds, and how it answers a batch that fails (U21).
 */
import type { Dataverse, ProtocolAnswer, ProtocolQuestion } from '../dataverse/operation.ts';
import { DyncampError } from '../errors.ts';

/** What an action is bound to, and the parameters that dyncamp sends. */
const EXPECTED = {
  RemoveListMembersList: { boundTo: undefined, parameters: ['List', 'Members'] },
  RemoveMemberList: { boundTo: 'mscrm.list', parameters: ['ListMember'] },
  RemoveItemCampaign: { boundTo: 'mscrm.campaign', parameters: ['CampaignItem'] },
  AddItemCampaign: { boundTo: 'mscrm.list', parameters: ['Campaign'] },
} as const;
export type ExpectedAction = keyof typeof EXPECTED;

export type ProtocolFindings = {
  /** The actions that are declared; undefined when `$metadata` could not be read. */
  readonly actions: readonly CsdlAction[] | undefined;
  readonly withoutVersion: string;
  readonly lineFeeds: string;
  /** Undefined: no answer. */
  readonly failingBatch: number | undefined;
};

/** Four requests. Throws when the server goes away or the user is refused. */
export async function askProtocolQuestions(dataverse: Dataverse): Promise<ProtocolFindings> {
  const ask = (question: ProtocolQuestion) => answerOrError(dataverse, question);
  const [metadata, noVersion, lineFeeds, failing] = await Promise.all([
    ask('metadata'),
    ask('no-version'),
    ask('line-feeds'),
    ask('failing-batch'),
  ]);
  const isRead = 'status' in metadata && metadata.status === 200;
  return {
    actions: isRead ? csdlActions(metadata.body) : undefined,
    withoutVersion: takenOrNot(noVersion),
    lineFeeds: takenOrNot(lineFeeds),
    failingBatch: 'status' in failing ? failing.status : undefined,
  };
}

type Unanswered = { readonly reason: string };

/** An answer too large to read does not stop the rest. */
async function answerOrError(dataverse: Dataverse, question: ProtocolQuestion): Promise<ProtocolAnswer | Unanswered> {
  try {
    return await dataverse.ask(question);
  } catch (error) {
    if (error instanceof DyncampError && error.category === 'dataverse') return { reason: error.message };
    throw error;
  }
}

function takenOrNot(answer: ProtocolAnswer | Unanswered): string {
  if (!('status' in answer)) return `had no answer (${answer.reason})`;
  return answer.status < 300 ? 'is taken' : `is refused (${answer.status})`;
}

/** One sentence about an action; undefined when neither list could be read. */
export function describeOffer(
  name: ExpectedAction,
  actions: readonly CsdlAction[] | undefined,
  messages: ReadonlySet<string> | undefined,
): string | undefined {
  if (actions === undefined) {
    return messages && `${name} is ${messages.has(name) ? 'offered' : 'not offered'} (sdkmessages).`;
  }
  const { boundTo, parameters } = EXPECTED[name];
  const declared = actions.find((action) => action.name === name && action.boundTo === boundTo);
  if (declared !== undefined) {
    const missing = parameters.filter((parameter) => !declared.parameters.includes(parameter));
    if (missing.length === 0) return `${name} is offered with ${parameters.join(' and ')} ($metadata).`;
    return `${name} is offered, but takes ${declared.parameters.join(', ') || 'nothing'} and not ${missing.join(', ')} ($metadata).`;
  }
  if (messages?.has(name) === true)
    return `${name} is a message of the organization (sdkmessages) that $metadata does not declare: whether the Web API takes it shows when it is sent.`;
  return `${name} is not offered ($metadata).`;
}

type CsdlAction = {
  readonly name: string | undefined;
  /** `mscrm.list`; undefined for an action that is not bound. */
  readonly boundTo: string | undefined;
  /** Names, without the binding parameter. */
  readonly parameters: readonly string[];
};

/**
 * The actions that a CSDL document declares; undefined when the text is not CSDL. By regular expressions: the document has several MB, and a few
 * names are wanted.
 */
export function csdlActions(csdl: string): readonly CsdlAction[] | undefined {
  const actions = [...csdl.matchAll(/<Action\s([^>]*?)(?:\/>|>(.*?)<\/Action>)/gs)];
  if (actions.length === 0) return undefined;
  return actions.map(([, attributes = '', inside = '']) => {
    const parameters = [...inside.matchAll(/<Parameter\s([^>]*)>/g)].map(([, text = '']) => text);
    const isBound = attribute(attributes, 'IsBound') === 'true';
    return {
      name: attribute(attributes, 'Name'),
      boundTo: isBound ? attribute(parameters[0] ?? '', 'Type') : undefined,
      parameters: (isBound ? parameters.slice(1) : parameters).flatMap((text) => attribute(text, 'Name') ?? []),
    };
  });
}

const attribute = (attributes: string, name: string): string | undefined =>
  new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1];
