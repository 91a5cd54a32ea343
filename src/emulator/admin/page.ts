/** The page at `/`: what is in this Dataverse, and the requests it gets. One document that loads nothing else. */
import type { WireAnswer } from '../requests/wire.ts';

/** Only what is in the page itself is loaded and runs. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'";

export function pageAnswer(organization: { readonly id: string; readonly name: string }): WireAnswer {
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(organization.name)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(organization.name)}</h1>
<p>A Dataverse on this machine, for trying things out. Organization ${organization.id}<span id="state"></span></p>
<p class="line"><code id="export"></code><button id="copy" type="button">Copy</button></p>
</header>
<main>
<section><h2>Campaigns<button id="reset" type="button">Reset all data</button></h2><div id="campaigns"></div></section>
<section><h2>Requests</h2><div id="requests" aria-live="off"></div></section>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
  return {
    status: 200,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': POLICY,
      'Cache-Control': 'no-store',
    },
    body,
  };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Plain CSS: light and dark by the reader's setting; nothing scrolls but the page, on a phone too. */
const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d6d9de, #3a3f47); --soft: light-dark(#5b6470, #9aa4b1); --panel: light-dark(#fff, #1b1e23);
  --page: light-dark(#f4f5f7, #121417); --good: light-dark(#17683c, #63d297); --bad: light-dark(#a4262c, #ff8b8b); --warm: light-dark(#8a5300, #f0b35a); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header, main { padding: 1rem 1.25rem; max-width: 1200px; margin: auto; }
h1 { margin: 0; font-size: 1.25rem; } header p { margin: .15rem 0 0; color: var(--soft); }
h2 { font-size: 1rem; margin: 0 0 .5rem; display: flex; justify-content: space-between; align-items: center; gap: 1rem; }
button { font: inherit; font-size: .85rem; font-weight: normal; padding: .25rem .7rem; border: 1px solid var(--line); border-radius: 6px; background: var(--page); color: CanvasText; cursor: pointer; flex: none; }
header .line { display: flex; gap: .5rem; align-items: center; margin-top: .6rem; }
code { font: .85rem/1.4 ui-monospace, monospace; color: CanvasText; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .35rem .6rem; user-select: all; }
section { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .75rem 1rem; margin-bottom: 1rem; }
.campaign { border-top: 1px solid var(--line); padding: .5rem 0; } .campaign p { margin: 0; }
.head { display: flex; justify-content: space-between; gap: 1rem; } .count { white-space: nowrap; }
small, .soft { color: var(--soft); } .soft { margin: 0; }
details { margin-left: 1rem; font-size: .9rem; } summary { cursor: pointer; }
.tag { border: 1px solid currentColor; border-radius: 4px; padding: 0 .35em; font-size: .78rem; margin-left: .35em; white-space: nowrap; }
.tag.bad { color: var(--bad); } .tag.warm { color: var(--warm); }
ul { list-style: none; margin: .2rem 0 .4rem; padding: 0; } li { display: flex; flex-wrap: wrap; gap: 0 .7rem; padding: .15rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; }
th, td { text-align: left; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td:nth-child(-n + 3) { white-space: nowrap; } .ok { color: var(--good); } .no { color: var(--bad); } .wait { color: var(--warm); }
@media (max-width: 600px) { header, main { padding: .75rem; } th:nth-child(3), td:nth-child(3) { display: none; } }
`;

/** The page's behaviour. Text from the store reaches the page as text only, never as markup. */
const SCRIPT = `
const make = (tag, attributes, ...children) => {
  const element = Object.assign(document.createElement(tag), attributes);
  element.append(...children);
  return element;
};
const at = (id) => document.getElementById(id);
const read = async (path) => (await fetch('/__emulator/' + path)).json();
const soft = (text) => make('p', { className: 'soft', textContent: text });
const small = (text) => make('small', { textContent: text });
const tag = (text, kind) => make('span', { className: 'tag ' + kind, textContent: text });
const counted = (number, one, many) => number + ' ' + (number === 1 ? one : many);
const two = (number) => String(number).padStart(2, '0');
const local = (moment) => {
  const time = new Date(moment);
  return time.getFullYear() + '-' + two(time.getMonth() + 1) + '-' + two(time.getDate()) + ' ' + two(time.getHours()) + ':' + two(time.getMinutes());
};
const open = new Set();

async function showMembers(list, box) {
  const members = await read('members/' + list.id);
  const rest = list.members - members.length;
  box.replaceChildren(
    members.length
      ? make('ul', {}, ...members.map((member) => make('li', {}, make('span', { textContent: member.name }), small(member.email),
          small('since ' + local(member.since) + ' by ' + member.addedBy.replace(/^# /, '')))))
      : soft('Nobody.'),
    rest > 0 ? soft('and ' + rest + ' more') : '');
}

function shownList(list) {
  const box = make('div');
  const details = make('details', { open: open.has(list.id) },
    make('summary', {}, list.name, small(' · ' + counted(list.members, list.type.slice(0, -1), list.type)),
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
  const rest = campaign.people - campaign.names.length;
  return make('div', { className: 'campaign' },
    make('div', { className: 'head' },
      make('span', {}, make('strong', { textContent: campaign.name }), ' ', small(campaign.code),
        campaign.active ? '' : tag('inactive', 'bad'), campaign.template ? tag('template', 'warm') : ''),
      make('span', { className: 'count', textContent: counted(campaign.people, 'person', 'people') })),
    campaign.people ? soft(campaign.names.join(', ') + (rest > 0 ? ' and ' + rest + ' more' : '')) : '',
    ...campaign.lists.map(shownList));
}

let campaignsSeen = '';
async function showCampaigns() {
  const campaigns = await read('campaigns');
  const seen = JSON.stringify(campaigns);
  if (seen === campaignsSeen) return;
  campaignsSeen = seen;
  at('campaigns').replaceChildren(...campaigns.map(shownCampaign));
}

const cells = (values) => make('tr', {}, ...values.map((value) => (value instanceof Node ? make('td', {}, value) : make('td', { textContent: value }))));
const table = (names, rows) => make('table', {},
  make('thead', {}, make('tr', {}, ...names.map((name) => make('th', { textContent: name })))), make('tbody', {}, ...rows));

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
    const time = new Date(request.time);
    return cells([two(time.getHours()) + ':' + two(time.getMinutes()) + ':' + two(time.getSeconds()),
      make('span', { className: kind, textContent: request.status || 'cut' }), request.ms + ' ms', request.method + ' ' + what, notes]);
  });
  at('requests').replaceChildren(rows.length ? table(['Time', 'Status', 'Took', 'What', ''], rows) : soft('None yet.'));
}

async function show() {
  try {
    await Promise.all([showCampaigns(), showRequests()]);
    at('state').textContent = '';
  } catch {
    at('state').textContent = ' · the emulator does not answer';
  }
  setTimeout(show, 1000);
}

at('export').textContent = 'export DYNCAMP_URL=' + location.origin + ' DYNCAMP_ACCESS_TOKEN=any';
at('copy').addEventListener('click', async () => {
  await navigator.clipboard.writeText(at('export').textContent);
  at('copy').textContent = 'Copied';
});
at('reset').addEventListener('click', async () => {
  if (confirm('Put all data back to how it began?')) await fetch('/__emulator/reset', { method: 'POST' });
});
show();
`;
