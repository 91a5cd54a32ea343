/** The page at `/`: what is in this Dataverse, and what is asked of it. One document without anything from elsewhere. */
import type { WireAnswer } from '../wire.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

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
