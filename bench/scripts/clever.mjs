/**
 * The script of somebody who knows the API: find 500 leads with one In, put them on the list with one action, and so on, one after the
 * other. Nothing is read before or after, nothing is kept for a restart.
 * clever.mjs URL add|remove LIST FILE
 */
import { connect, emailsOf, leadRef, listRef, mustBeAll } from './connect.mjs';

const SIZE = 500;

const [, , url, change, listId, file] = process.argv;
const api = connect(url);
const emails = emailsOf(file);

let done = 0;
for (let start = 0; start < emails.length; start += SIZE) {
  const values = emails.slice(start, start + SIZE).map((email) => `'${email}'`);
  const found = await api.retrieveMultiple({
    collection: 'leads',
    select: ['leadid'],
    filter: `Microsoft.Dynamics.CRM.In(PropertyName='emailaddress1',PropertyValues=[${values.join(',')}]) and statecode eq 0`,
  });
  await api.callAction({
    actionName: change === 'add' ? 'AddListMembersList' : 'RemoveListMembersList',
    action: { List: listRef(listId), Members: found.value.map(({ leadid }) => leadRef(leadid)) },
  });
  done += found.value.length;
}
mustBeAll(done, emails.length);
