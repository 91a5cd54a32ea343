/** Finds the actions that a CSDL document declares. By regular expressions: the document has several MB, and six names are wanted. */

export type CsdlAction = {
  readonly name: string;
  /** `mscrm.list`; undefined for an action that is not bound. */
  readonly boundTo: string | undefined;
  /** Names, without the binding parameter. */
  readonly parameters: readonly string[];
};

/** Undefined when the text is not a CSDL document with actions. */
export function csdlActions(csdl: string, names: ReadonlySet<string>): readonly CsdlAction[] | undefined {
  const actions = [...csdl.matchAll(/<Action\s([^>]*?)(?:\/>|>(.*?)<\/Action>)/gs)];
  if (actions.length === 0) return undefined;
  return actions.flatMap(([, attributes = '', inside = '']) => {
    const name = attribute(attributes, 'Name');
    return name !== undefined && names.has(name) ? [readAction(name, attributes, inside)] : [];
  });
}

function readAction(name: string, attributes: string, inside: string): CsdlAction {
  const parameters = [...inside.matchAll(/<Parameter\s([^>]*)>/g)].map(([, text = '']) => text);
  const isBound = attribute(attributes, 'IsBound') === 'true';
  const own = isBound ? parameters.slice(1) : parameters;
  return {
    name,
    boundTo: isBound ? attribute(parameters[0] ?? '', 'Type') : undefined,
    parameters: own.flatMap((text) => attribute(text, 'Name') ?? []),
  };
}

const attribute = (attributes: string, name: string): string | undefined =>
  new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1];
