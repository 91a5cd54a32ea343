/** The page's behaviour. Text from the store reaches the page as text only, never as markup. */
export const SCRIPT = `
const make = (tag, attributes, ...children) => {
  const element = Object.assign(document.createElement(tag), attributes);
  element.append(...children);
  return element;
};
const read = async (path) => (await fetch('/__emulator/' + path)).json();
const cells = (values) => make('tr', {}, ...values.map((value) => (value instanceof Node ? make('td', {}, value) : make('td', { textContent: value }))));
const table = (names, rows) => make('div', { className: 'scroll' }, make('table', {},
  make('thead', {}, make('tr', {}, ...names.map((name) => make('th', { textContent: name })))), make('tbody', {}, ...rows)));
const tag = (text, kind) => make('span', { className: 'tag ' + kind, textContent: text });
const open = new Set();

async function showMembers(list, box) {
  const members = await read('members/' + list.id);
  const rows = members.map((member) => cells([member.name, member.email, member.since.slice(0, 16).replace('T', ' '), member.addedBy]));
  const rest = list.members - members.length;
  box.replaceChildren(members.length ? table(['Name', 'E-mail', 'Since', 'Added by'], rows) : make('p', { className: 'soft', textContent: 'Nobody.' }),
    rest > 0 ? make('p', { className: 'soft', textContent: 'and ' + rest + ' more' }) : '');
}

function shownList(list) {
  const box = make('div');
  const details = make('details', { className: 'list', open: open.has(list.id) },
    make('summary', {}, list.name, make('small', { textContent: ' · ' + list.members + ' ' + list.type }),
      list.locked ? tag('locked', 'bad') : '', list.active ? '' : tag('inactive', 'bad'), list.dynamic ? tag('dynamic', 'warm') : ''), box);
  details.addEventListener('toggle', () => {
    if (!details.open) return void open.delete(list.id);
    open.add(list.id);
    showMembers(list, box);
  });
  if (details.open) showMembers(list, box);
  return details;
}

function shownCampaign(campaign) {
  const details = make('details', { open: open.has(campaign.id) },
    make('summary', {}, make('strong', { textContent: campaign.name }), make('small', { textContent: ' ' + campaign.code }),
      campaign.active ? '' : tag('inactive', 'bad'), campaign.template ? tag('template', 'warm') : '',
      make('small', { textContent: ' · ' + campaign.lists.length + (campaign.lists.length === 1 ? ' list' : ' lists') })),
    ...(campaign.lists.length ? campaign.lists.map(shownList) : [make('p', { className: 'soft', textContent: 'No lists.' })]));
  details.addEventListener('toggle', (event) => {
    if (event.target === details) details.open ? open.add(campaign.id) : open.delete(campaign.id);
  });
  return details;
}

let campaignsSeen = '';
async function showCampaigns() {
  const campaigns = await read('campaigns');
  const seen = JSON.stringify(campaigns);
  if (seen === campaignsSeen) return;
  campaignsSeen = seen;
  document.querySelector('#campaigns').replaceChildren(...campaigns.map(shownCampaign));
}

let newest = -1;
async function showRequests() {
  const requests = await read('recent');
  const last = requests.at(-1)?.number ?? 0;
  if (last === newest) return;
  newest = last;
  const rows = requests.reverse().map((request) => {
    const kind = request.throttled ? 'wait' : request.status >= 200 && request.status < 400 ? 'ok' : 'no';
    const what = request.what + (request.parts ? ' (' + request.parts + ')' : '');
    const notes = [request.throttled ? 'throttled' : '', request.insideRetryAfter ? 'inside a Retry-After' : '', request.fault].filter(Boolean).join(', ');
    return cells([request.time.slice(11, 23), make('span', { className: kind, textContent: request.status || 'cut' }), request.ms + ' ms', request.method + ' ' + what, notes]);
  });
  document.querySelector('#requests').replaceChildren(rows.length ? table(['Time', 'Status', 'Took', 'What', ''], rows) : make('p', { className: 'soft', textContent: 'None yet.' }));
}

async function show() {
  try {
    await Promise.all([showCampaigns(), showRequests()]);
    document.querySelector('#state').textContent = '';
  } catch {
    document.querySelector('#state').textContent = ' · the emulator does not answer';
  }
  setTimeout(show, 1000);
}
show();
`;
