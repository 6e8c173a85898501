import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { requirement } from '@opencomputer/testkit';

const python = requirement('python');
const home = mkdtempSync(join(tmpdir(), 'pseudo-terminal-'));
after(() => rmSync(home, { recursive: true }));
const program = join(import.meta.dirname, '..', 'fixtures', 'scripted-agent.ts');

/** Runs the program in a terminal of the operating system, of which the ends are pipes. */
const run = (terminal: string, args: readonly string[]): Terminal => {
  const script =
    'import pty, sys, os; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
  const child = spawn(terminal, ['-c', script, process.execPath, program, ...args], {
    env: { PATH: process.env['PATH'], HOME: home, OPENCOMPUTER_HOME: home, TERM: 'xterm-256color' },
  });
  return new Terminal(child);
};

class Terminal {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly code: Promise<number | null>;
  written = '';
  #waiting: (() => void)[] = [];

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    this.code = new Promise((resolve) => child.on('close', resolve));
    child.stdout.on('data', (data: Buffer) => {
      this.written += data.toString();
      for (const check of this.#waiting) check();
    });
  }

  press(keys: string): void {
    this.#child.stdin.write(keys);
  }

  /** Resolves when the text has been written; a test that waits too long is ended by the runner. */
  async shows(text: string): Promise<void> {
    const shown = Promise.withResolvers<void>();
    const check = (): void => {
      if (this.written.includes(text)) shown.resolve();
    };
    this.#waiting.push(check);
    check();
    await shown.promise;
    this.#waiting = this.#waiting.filter((other) => other !== check);
  }
}

if (python !== undefined) {
  const limit = { timeout: 30_000 };

  test(
    'a chat in a real terminal answers, leaves its text, and says how to go on',
    limit,
    async () => {
      const terminal = run(python, []);
      await terminal.shows('/help');
      terminal.press('hello\r');
      await terminal.shows('You said: hello');
      terminal.press('hostile\r');
      await terminal.shows('beforeafter');
      terminal.press('\u0004');
      assert.equal(await terminal.code, 0);
      assert.match(terminal.written, /Go on with: agent --resume [0-9a-f-]{36}\r\n$/);
      for (const escape of ['\u001b[3J', '\u001b]0;owned', '\u009b']) {
        assert.equal(terminal.written.includes(escape), false, JSON.stringify(escape));
      }
    },
  );

  test(
    'a question in a real terminal asks before a call, and only yes is a yes',
    limit,
    async () => {
      const asked = run(python, ['run', 'approval']);
      await asked.shows('or a reason for no:');
      assert.match(asked.written, /command: "rm -r build\\u202e"/);
      asked.press('not now\r');
      assert.equal(await asked.code, 3);
      assert.match(asked.written, /Left it alone: not now\./);
      const allowed = run(python, ['run', 'approval']);
      await allowed.shows('or a reason for no:');
      allowed.press('y\r');
      assert.equal(await allowed.code, 0);
      assert.match(allowed.written, /shell_run[^]*Removed\./);
    },
  );

  test('Ctrl-C in a real terminal cancels the turn', limit, async () => {
    const terminal = run(python, ['run', 'slow']);
    await terminal.shows('Thinking about it');
    terminal.press('\u0003');
    assert.equal(await terminal.code, 130);
    assert.match(terminal.written, /\[TURN_CANCELLED\]/);
  });
}
