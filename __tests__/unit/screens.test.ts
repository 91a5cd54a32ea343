/** The captures in docs/screens/: made by scripts/screens.mjs, not by hand, on a terminal of 80 columns. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { displayWidth } from '../../src/terminal/display-width.ts';

const folder = join(__dirname, '../../docs/screens');
const screen = (name: string): string => readFileSync(join(folder, name), 'utf8');
const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(?:txt|png)$/.test(name));
const ESCAPE = '\u001b';

describe('docs/screens', () => {
  it.each(names)('%s is plain text that fits 80 columns and begins with its command', (name) => {
    const text = screen(name);
    expect(text).toMatch(/^\$ (?:dyncamp|env) /);
    expect(text).not.toContain(ESCAPE);
    expect(text.split('\n').filter((line) => displayWidth(line) > 80)).toEqual([]);
  });

  it.each([
    ['campaigns-list.txt', /^NAME .* CONTACTS$/m],
    ['add-in-progress.txt', /[\d,]+ of 12,002 people, waiting \d+ s for the server/m],
    ['add-summary.txt', /^Added 12,000\. 2 failed \(1 not valid, 1 cannot be created\)\./m],
    ['add-summary.txt', /^ +dyncamp add "Partner Summit" -f out\.csv --only-failed$/m],
    ['add-words.txt', /^Added zoe\.zimmer@neu\.example \(new lead\)$/m],
    ['add-words.txt', /^ {2}line 7: ambiguous, 2 people match/m],
    ['add-stopped.txt', /Stopped by Ctrl-C; [\d,]+ of 12,002 are in; run the same command/m],
    ['add-again.txt', /^Added [\d,]+\. [\d,]+ more were added by run [\da-f]{8}\./m],
    ['runs-list.txt', /stopped +.*[\d,]+ added/m],
    ['sync-check.txt', /^ {2}PROBLEM +lists\.unlocked/m],
    ['sync-check-all.txt', /^Hint: Begin with: dyncamp sync repair /m],
    ['runs-failed.txt', /^ {2}line 7 .*ambiguous, 2 people match/m],
    ['members-list.txt', /^TYPE +NAME +EMAIL +SINCE +ADDED BY$/m],
    ['first-line.txt', /^Campaign "Newsletter" \(NEWS-EN\) in dyncamp emulator, as dyncamp$/m],
    ['undo-question.txt', /remove 4 people from/],
    ['profiles-add.txt', /^"password" is none of these: type a number from 1 to 7\.$/m],
    ['hints.txt', /^Hint: Did you mean -o jsonl\?$/m],
    ['cron-mail.txt', /dyncamp --profile emulator add/],
    ['help.txt', /^Change a campaign:$/m],
    ['help-add.txt', /^More options: dyncamp add --help-all$/m],
    ['help-runs.txt', /^ {2}undo +Undo a run/m],
  ])('%s shows what it is for', (name, expected) => {
    expect(screen(name)).toMatch(expected);
  });

  it('has no JSON, and neither ids nor addresses of the organization in the first line of a run', () => {
    for (const name of names.filter((each) => each.startsWith('add-'))) {
      expect(screen(name)).not.toContain('specversion');
      expect(screen(name).split('\n')[1]).toMatch(/^Campaign "[^"]+" \([\w-]+\) in dyncamp emulator, as dyncamp/);
      expect(screen(name)).not.toMatch(/http:|# dyncamp/);
    }
  });

  it('lists them all on its page', () => {
    const linked = [...screen('README.md').matchAll(/\((\S+\.(?:txt|png))\)/g)].map(([, name]) => name);
    expect(linked.sort()).toEqual([...files].sort());
  });

  it('says of each screen of before which build it is of', () => {
    const before = files.filter((name) => name.startsWith('before') && name.endsWith('.txt'));
    expect(before.filter((name) => !screen(name).startsWith('# dyncamp of 421ecdc, 2026-11-30\n$ '))).toEqual([]);
    expect(before).toHaveLength(names.length);
  });
});
