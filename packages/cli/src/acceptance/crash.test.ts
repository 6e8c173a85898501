import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { StreamPart } from '@opencomputer/contracts';
import { endOf, partsOf, startModelServer, startWorldLedger } from '@opencomputer/testkit';
import type { ModelServer, ServerScript, WorldLedger } from '@opencomputer/testkit';
import { temporaryFolder } from './fixtures/open-agent.ts';
import { answerTo, ask } from './fixtures/program.ts';
import type { Start } from './fixtures/program.ts';

async function withModel(
  context: TestContext,
  script: ServerScript,
): Promise<{ start: Start; server: ModelServer }> {
  const server = await startModelServer(script);
  context.after(() => server.close());
  const environment = { OPENAI_BASE_URL: server.url, OPENAI_MODEL: 'test-1' };
  return { start: { home: temporaryFolder(context), environment }, server };
}

const noticesIn = (parts: readonly StreamPart[]): string[] =>
  partsOf(parts, 'notice').map(({ text }) => text);

test('killed while the model is silent, the message is answered after the next start, once', async (context) => {
  const asked = Promise.withResolvers<void>();
  const { start, server } = await withModel(context, (_, index) => {
    if (index > 0) return { text: 'Forty-two.' };
    asked.resolve();
    return { fault: { type: 'silence' } };
  });
  const crashed = ask('explain the meaning of the universe to me', start);
  await crashed.before(asked.promise);
  await crashed.kill();

  const second = await answerTo('what are my reminders', start);
  assert.equal(endOf(second).status, 'done');
  const third = await answerTo('what are my reminders', start);
  const said = [...noticesIn(second), ...noticesIn(third)];
  assert.equal(said.length, 1);
  assert.match(said[0] ?? '', /explain the meaning[^]*Forty-two\./);
  assert.equal(server.requests.length, 2);
  assert.deepEqual(noticesIn(await answerTo('what are my reminders', start)), []);
});

/** Allows the shell, and gives a command that reaches the world once and then hangs. */
async function withShell(
  context: TestContext,
  home: string,
): Promise<{ world: WorldLedger; command: string }> {
  const world = await startWorldLedger(join(home, 'ledger'));
  context.after(() => world.close());
  const data = join(home, 'data');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  writeFileSync(join(data, 'config.yaml'), 'policy:\n  allow: [shell/shell_run]\n');
  const program = `fetch('${world.origin}/mail/silence', {method: 'POST', body: String(process.pid)})`;
  return { world, command: `exec "${process.execPath}" -e "${program}"` };
}

test('killed while a command runs, the command is not run again and its outcome is said to be unknown', async (context) => {
  let command = '';
  const { start, server } = await withModel(context, (request) =>
    request.bytes.includes('may have taken effect')
      ? { text: 'I do not know whether the mail went out.' }
      : { toolCalls: [{ name: 'shell_run', arguments: { command } }] },
  );
  const shell = await withShell(context, start.home);
  ({ command } = shell);
  const crashed = ask('send the mail as I told you', { ...start, modelOnly: true });
  const reached = shell.world.accepted(({ service }) => service === 'mail');
  const { body } = await crashed.before(reached);
  await crashed.kill();

  const second = await answerTo('what are my reminders', start);
  const third = await answerTo('what are my reminders', start);
  const said = [...noticesIn(second), ...noticesIn(third)];
  assert.match(said.join('\n'), /I do not know whether the mail went out/);
  assert.equal(said.length, 1);
  assert.equal(shell.world.entries().length, 1, 'the world was reached once');
  assert.equal(server.requests.length, 2);
  assert.throws(() => process.kill(Number(body), 0), { code: 'ESRCH' }, 'the command is gone too');
});

test('killed at any part of a fast turn, each accepted message has its effect exactly once', async (context) => {
  const start: Start = { home: temporaryFolder(context) };
  const accepted: string[] = [];
  const kinds = [
    'turn-start',
    'intent-resolve',
    'tool-start',
    'tool-end',
    'text-delta',
    'turn-end',
  ];
  for (const [index, kind] of kinds.entries()) {
    const name = `Bob${'abcdefgh'[index]}`;
    const program = ask(`remind me tomorrow at 9 to call ${name}`, start);
    for await (const part of program.parts) {
      if (part.type === 'turn-start') accepted.push(name);
      if (part.type === kind) break;
    }
    await program.kill();
  }
  assert.equal(accepted.length, kinds.length);
  const first = await answerTo('what are my reminders', start);
  assert.equal(endOf(first).status, 'done');
  const listed = endOf(await answerTo('what are my reminders', start)).text;
  for (const name of accepted) {
    assert.equal(listed.split(`call ${name}`).length - 1, 1, `${name} in\n${listed}`);
  }
});
