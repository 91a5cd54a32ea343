/** What both scripts share: the connection, the input, and the words of the two actions. */
import { readFileSync } from 'node:fs';
import { DynamicsWebApi } from 'dynamics-web-api';

export function connect(serverUrl) {
  return new DynamicsWebApi({ serverUrl, dataApi: { version: '9.2' }, onTokenRefresh: async () => 'bench' });
}

/** E-mail addresses of a CSV file whose first column they are. */
export function emailsOf(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => line.split(',')[0]);
}

export const listRef = (id) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.list', listid: id });
export const leadRef = (id) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.lead', leadid: id });

/** Whoever runs this benchmark wants to know when a script did less than it was to do. */
export function mustBeAll(done, wanted) {
  if (done !== wanted) throw new Error(`only ${done} of ${wanted} people were found`);
}
