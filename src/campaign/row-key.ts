/**
 * Distinguishes a membership row from an earlier one: a row may come back with the same id (U23), but with another creation time.
 * Dataverse keeps whole seconds; their format in the answer does not matter.
 */
export function rowKey({ id, createdOn }: { readonly id: string; readonly createdOn: string }): string {
  return `${id}/${Math.floor(Date.parse(createdOn) / 1000)}`;
}

/** Person and list, whatever the row. */
export const memberKey = ({ listId, personId }: { readonly listId: string; readonly personId: string }): string =>
  `${listId}/${personId}`;
