/**
 * The script that most people write first: per person find the lead by e-mail and put it on the list, 8 people at a time.
 * plain.mjs URL add|remove LIST FILE
 */
import { connect, emailsOf, mustBeAll } from './connect.mjs';

const AT_A_TIME = 8;

const [, , url, change, listId, file] = process.argv;
const api = connect(url);
const emails = emailsOf(file);

async function changeOne(email) {
  const found = await api.retrieveMultiple({
    collection: 'leads',
    select: ['leadid'],
    filter: `emailaddress1 eq '${email}' and statecode eq 0`,
  });
  const id = found.value[0]?.leadid;
  if (id === undefined) return 0;
  const isAdd = change === 'add';
  await api.callAction({
    collection: 'lists',
    key: listId,
    actionName: `Microsoft.Dynamics.CRM.${isAdd ? 'AddMemberList' : 'RemoveMemberList'}`,
    action: isAdd
      ? { EntityId: id }
      : { ListMember: { '@odata.type': 'Microsoft.Dynamics.CRM.listmember', listmemberid: id } },
  });
  return 1;
}

let next = 0;
async function worker() {
  let done = 0;
  while (next < emails.length) {
    next += 1;
    done += await changeOne(emails[next - 1]);
  }
  return done;
}

const done = await Promise.all(Array.from({ length: AT_A_TIME }, worker));
mustBeAll(
  done.reduce((sum, each) => sum + each, 0),
  emails.length,
);
