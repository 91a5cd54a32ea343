/** RetrieveTotalRecordCount: counts per table. Differs: Dataverse answers from a snapshot up to 24 hours old. */
import { invalidArgument } from '../errors/row-errors.ts';
import { complexAnswer, type NamedOperation } from './operation.ts';

export const retrieveTotalRecordCount: NamedOperation = (context, { parameters }) => {
  const names = Array.isArray(parameters.EntityNames) ? parameters.EntityNames.map(String) : [];
  const counts = names.map((name) => {
    if (context.schema.tableByName(name) === undefined) throw invalidArgument();
    const [row] = [...context.store.select(`SELECT count(*) AS n FROM "${name}"`, [])];
    return Number(row?.n ?? 0);
  });
  return complexAnswer(context, 'RetrieveTotalRecordCountResponse', {
    EntityRecordCountCollection: { Count: names.length, IsReadOnly: false, Keys: names, Values: counts },
  });
};
