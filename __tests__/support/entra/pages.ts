/** What people see in a browser. There is one click less than at Entra ID: nobody types a password here. */
import type { WireAnswer } from '../../../src/emulator/wire.ts';

const STYLE = 'font:1.1rem/1.5 system-ui;margin:4rem auto;max-width:36rem;padding:0 1rem';

export function page(status: number, title: string, content: string): WireAnswer {
  return {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' },
    body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${escapeHtml(title)}</title></head><body style="${STYLE}"><h1>${escapeHtml(title)}</h1>${content}</body></html>`,
  };
}

/** `response_mode=form_post`: a form that the browser sends on by itself. */
export function formPost(action: string, fields: Readonly<Record<string, string>>): WireAnswer {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  const form = `<form method="post" action="${escapeHtml(action)}">${inputs.join('')}<button>Continue</button></form><script>document.forms[0].submit()</script>`;
  return page(200, 'Signing in', form);
}

export function deviceCodePage(userNames: readonly string[]): WireAnswer {
  const options = userNames.map((name) => `<option>${escapeHtml(name)}</option>`).join('');
  return page(
    200,
    'Enter the code',
    `<form method="post"><p><label>Code <input name="user_code" autofocus autocomplete="off"></label></p><p><label>Account <select name="user_name">${options}</select></label></p><button name="decision" value="approve">Sign in</button> <button name="decision" value="deny">Cancel</button></form>`,
  );
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
