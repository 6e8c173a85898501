import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { sendAll, sendSteadily } from './sender.ts';

const start = '{"type":"turn-start","turn":"t","conversation":"c"}\n';
const end = (status: string): string => `${start}{"type":"turn-end","status":"${status}"}\n`;
/** An answer of each kind: status, headers, body. */
const answers = {
  answered: [200, {}, end('done')],
  failed: [200, {}, end('failed')],
  lost: [200, {}, start],
  refused: [503, { 'retry-after': '1' }, '{}'],
  unclear: [503, {}, '{}'],
} as const;
const kinds = Object.keys(answers) as (keyof typeof answers)[];

interface Seen {
  readonly person: string;
  readonly conversation: string;
  readonly channelMessageId: string;
}

/** A daemon's socket that gives answers of all kinds in turn. */
async function daemon(context: TestContext): Promise<{ socket: string; seen: Seen[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'opencomputer-sender-'));
  const socket = join(folder, 'agent.sock');
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/ready') return void response.end('ready\n');
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
    return void request.once('end', () => {
      seen.push(JSON.parse(body) as Seen);
      const [status, headers, answer] = answers[kinds[(seen.length - 1) % kinds.length] ?? 'lost'];
      response.writeHead(status, headers).end(answer);
    });
  }).listen(socket);
  context.after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  await once(server, 'listening');
  return { socket, seen };
}

const plan = { person: 'ann', name: 'n', conversations: 3, connections: 1, text: 'hi' };

test('each message goes out once, in its conversation, and what became of it is told', async (context) => {
  const { socket, seen } = await daemon(context);
  const sent = await sendSteadily({ ...plan, socket, perSecond: 100, seconds: 0.1 });
  assert.deepEqual(
    sent.map(({ outcome }) => outcome),
    [...kinds, ...kinds],
  );
  assert.ok(
    sent.every(({ ms }, index) => ms > 0 && (sent[index - 1]?.at ?? 0) < Number(sent[index]?.at)),
  );
  assert.equal(new Set(seen.map(({ channelMessageId }) => channelMessageId)).size, 10);
  assert.deepEqual(
    seen.map(({ person, conversation }) => `${person} ${conversation}`).slice(0, 4),
    ['ann n-0', 'ann n-1', 'ann n-2', 'ann n-0'],
  );
});

test('a signal ends the sending, and what was sent keeps its outcome', async (context) => {
  const { socket, seen } = await daemon(context);
  const sent = await sendAll({ ...plan, socket, perSecond: 1, seconds: 3600 }, AbortSignal.abort());
  assert.deepEqual([sent, seen], [[], []]);
});
