/**
 * Tells a membership row from one that was there before it: a row may come back with the same id (U23), but with another creation time.
 * Dataverse keeps whole seconds; how a read writes them makes no difference.
 */
export function rowKey({ id, createdOn }: { readonly id: string; readonly createdOn: string }): string {
  return `${id}/${Math.floor(Date.parse(createdOn) / 1000)}`;
}

/** Who stands on which list, whatever row shows it. */
export const memberKey = ({ listId, personId }: { readonly listId: string; readonly personId: string }): string =>
  `${listId}/${personId}`;
