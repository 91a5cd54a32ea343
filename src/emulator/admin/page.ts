/** The page at `/`: what is in this Dataverse, and what is asked of it. One document without anything from elsewhere. */
import type { WireAnswer } from '../wire.ts';

/** Nothing is loaded, and nothing runs, but what stands in the page itself. */
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
<header><h1>${escapeHtml(organization.name)}</h1><p>A Dataverse on this machine, for trying things out. Organization ${organization.id}<span id="state"></span></p></header>
<main>
<section><h2>Campaigns</h2><div id="campaigns"></div></section>
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

/** Plain CSS: light and dark by the reader's setting, one column on a phone. */
const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d6d9de, #3a3f47); --soft: light-dark(#5b6470, #9aa4b1); --panel: light-dark(#fff, #1b1e23);
  --page: light-dark(#f4f5f7, #121417); --good: light-dark(#17683c, #63d297); --bad: light-dark(#a4262c, #ff8b8b); --warm: light-dark(#8a5300, #f0b35a); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); font: 15px/1.5 system-ui, sans-serif; }
header { padding: 1rem 1.25rem; border-bottom: 1px solid var(--line); background: var(--panel); }
h1 { margin: 0; font-size: 1.15rem; } header p { margin: .15rem 0 0; color: var(--soft); overflow-wrap: anywhere; }
main { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 1rem; padding: 1rem 1.25rem; max-width: 1500px; margin: auto; }
section { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .75rem 1rem; align-self: start; min-width: 0; }
h2 { font-size: 1rem; margin: 0 0 .5rem; }
details { border-top: 1px solid var(--line); padding: .4rem 0; } summary { cursor: pointer; overflow-wrap: anywhere; }
summary small, .soft { color: var(--soft); }
.list { margin: .25rem 0 .25rem 1rem; } .list > summary { font-size: .93rem; }
.tag { border: 1px solid currentColor; border-radius: 4px; padding: 0 .35em; font-size: .78rem; margin-left: .35em; white-space: nowrap; }
.tag.bad { color: var(--bad); } .tag.warm { color: var(--warm); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .85rem; }
th, td { text-align: left; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td:nth-child(-n + 3) { white-space: nowrap; } td.path { overflow-wrap: anywhere; } .ok { color: var(--good); } .no { color: var(--bad); } .wait { color: var(--warm); }
@media (max-width: 800px) { main { grid-template-columns: minmax(0, 1fr); padding: .75rem; } }
`;

/** The page's behaviour. Text from the store reaches the page as text only, never as markup. */
const SCRIPT = `
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
