import { openEventLines } from '../../../src/terminal/event-lines.ts';
import { fakeTerminal } from '../../support/terminal.ts';

describe('openEventLines', () => {
  it('writes each line once, in the order of the calls', async () => {
    const fake = fakeTerminal();
    const lines = openEventLines(fake.terminal.stdout);
    await expect(
      Promise.all([lines.write([{ line: '{"a":1}', sequence: 1 }]), lines.write([{ line: '{"a":2}', sequence: 2 }])]),
    ).resolves.toEqual([true, true]);
    expect(fake.stdout()).toBe('{"a":1}\n{"a":2}\n');
    expect([lines.doubtful(), lines.isClosed]).toEqual([[], false]);
  });

  it('writes several at once, and doubts each of them by its own length', async () => {
    const fake = fakeTerminal();
    const lines = openEventLines(fake.terminal.stdout);
    const half = JSON.stringify('x'.repeat(512 * 1024));
    await lines.write([
      { line: '{"a":1}', sequence: 1 },
      { line: half, sequence: 2 },
      { line: half, sequence: 3 },
    ]);
    expect(fake.stdout()).toBe(`{"a":1}\n${half}\n${half}\n`);
    fake.breakStdout();
    await expect(lines.write([{ line: '{}', sequence: 4 }])).resolves.toBe(false);
    expect(lines.doubtful()).toEqual([2, 3]);
  });

  it('waits for a reader who is slow', async () => {
    const fake = fakeTerminal();
    const lines = openEventLines(fake.terminal.stdout);
    const release = fake.stallStdout();
    let isTaken = false;
    const written = lines.write([{ line: '{}', sequence: 1 }]).then((taken) => {
      isTaken = taken;
    });
    await new Promise(setImmediate);
    expect(isTaken).toBe(false);
    release();
    await written;
    expect(isTaken).toBe(true);
  });

  it('says that nothing is taken any more when the reader went away, and never throws', async () => {
    const fake = fakeTerminal();
    const lines = openEventLines(fake.terminal.stdout);
    await lines.write([{ line: '{"a":1}', sequence: 7 }]);
    fake.breakStdout();
    await expect(lines.write([{ line: '{"a":2}', sequence: 8 }])).resolves.toBe(false);
    await expect(lines.write([{ line: '{"a":3}', sequence: 9 }])).resolves.toBe(false);
    expect(lines.failure()).toBeUndefined();
    expect(lines.isClosed).toBe(true);
    // What the pipe may have held, and not what it refused.
    expect(lines.doubtful()).toEqual([7]);
  });

  it('doubts the last mebibyte of characters, which are no more than its bytes', async () => {
    const fake = fakeTerminal();
    const lines = openEventLines(fake.terminal.stdout);
    const json = JSON.stringify('x'.repeat(400 * 1024));
    for (const sequence of [1, 2, 3, 4, 5]) await lines.write([{ line: json, sequence: sequence }]);
    fake.breakStdout();
    await lines.write([{ line: '{}', sequence: 6 }]);
    expect(lines.doubtful()).toEqual([3, 4, 5]);
  });

  it('counts the line feed: what fills the pipe to its last byte pushes the line before it out', async () => {
    const fake = fakeTerminal();
    const lines = openEventLines(fake.terminal.stdout);
    await lines.write([{ line: '{}', sequence: 1 }]);
    await lines.write([{ line: JSON.stringify('x'.repeat(1024 * 1024 - 3)), sequence: 2 }]);
    fake.breakStdout();
    await lines.write([{ line: '{}', sequence: 3 }]);
    expect(lines.doubtful()).toEqual([2]);
  });

  it('tells a full disk from a reader who went away', async () => {
    const fake = fakeTerminal();
    const lines = openEventLines(fake.terminal.stdout);
    fake.breakStdout('ENOSPC');
    await lines.write([{ line: '{}', sequence: 1 }]);
    expect(lines.failure()).toMatchObject({ code: 'STDOUT_FAILED', cause: { code: 'ENOSPC' } });
  });

  it('escapes what could steer a terminal, on a terminal only', async () => {
    const [shown, piped] = [fakeTerminal({ tty: { stdout: true } }), fakeTerminal()];
    const json = JSON.stringify({ name: 'a\u202eb' });
    await openEventLines(shown.terminal.stdout).write([{ line: json, sequence: 1 }]);
    await openEventLines(piped.terminal.stdout).write([{ line: json, sequence: 1 }]);
    expect(shown.stdout()).toBe('{"name":"a\\u202eb"}\n');
    expect(piped.stdout()).toBe(`${json}\n`);
  });
});
