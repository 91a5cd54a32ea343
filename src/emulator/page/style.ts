/** Plain CSS: light and dark by the reader's setting, one column on a phone. */
export const STYLE = `
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
