// docs/errors.md from docs/errors.data.json: every code that dyncamp can say, with a heading each, so that a link can lead there.

/** `data` is the object of docs/errors.data.json. */
export function errorsPage({ exitCodes, outcomes, checks, first, groups }) {
  const explained = Object.assign({}, ...groups.map(({ codes }) => codes));
  return `${[
    '# Errors, outcomes and checks',
    '<!-- Made by scripts/docs.mjs from docs/errors.data.json: change it there. -->',
    'What each code means and what to do next. Errors, warnings and notices are written to stderr; `--log-format json` gives each as an object ' +
      'with its `code`. Outcomes and codes of rows are in `--results`, checks in the output of `dyncamp sync check`.',
    '## What people meet first',
    table(
      ['code', 'what to do'],
      first.map((code) => [`[${code}](#${code.toLowerCase()})`, explained[code][1]]),
    ),
    'And rows that fail: [ambiguous](#ambiguous), [inactive](#inactive), [cannot-create](#cannot-create), [invalid](#invalid).',
    '## Exit codes',
    table(['code', 'meaning'], exitCodes),
    'If several apply: 129, 130, 143 and 141 come first, then 1, 2, 4, 5, 3, 69, 75, 65, 68 and 10.',
    ...groups.flatMap(groupSection),
    '## Outcomes',
    'What became of a row of the input: the columns `outcome` and `kind` of `--results`.',
    ...outcomes.flatMap(([name, kind, means, next]) => entry(name, `${firstUpper(kind)}.`, means, next)),
    '## Checks',
    "What `dyncamp sync check` looks at, by the ids of its output, and what of Marketo's Validate Sync each takes the place of.",
    table(
      ['check', 'what is in order', "Marketo's check"],
      checks.map(([id, means, marketo]) => [`\`${id}\``, means, marketo]),
    ),
  ].join('\n\n')}\n`;
}

const LABELS = { row: '', warning: 'Warning.', notice: 'Notice.' };

function groupSection({ title, kind, exit, intro, codes }) {
  // Some codes end the command in another way elsewhere: the third value.
  const label = (other) => (kind === 'error' ? `Exit ${[exit, ...other].join(' or ')}.` : LABELS[kind]);
  return [
    `## ${title}`,
    intro,
    ...Object.entries(codes).flatMap(([code, [means, next, ...other]]) => entry(code, label(other), means, next)),
  ];
}

function entry(code, label, means, next) {
  const text = `${label} ${firstUpper(means)}`.trim();
  return [`### ${code}`, next === 'Nothing.' ? text : `${text} **Next:** ${next}`];
}

const firstUpper = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const table = (head, rows) => [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
