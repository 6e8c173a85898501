import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { effectsByKey, startWorldLedger } from './world-ledger.ts';
import type { WorldLedger } from './world-ledger.ts';

async function start(context: TestContext): Promise<WorldLedger> {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  const world = await startWorldLedger(join(folder, 'ledger'));
  context.after(async () => {
    await world.close();
    rmSync(folder, { recursive: true });
  });
  return world;
}

const post = (url: string, key: string, rest: RequestInit = {}): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'Idempotency-Key': key }, ...rest });

test('what was accepted is in the ledger before the answer is, in order', async (context) => {
  const world = await start(context);
  await post(`${world.origin}/mail/send`, 'k1', { body: 'Grüße 👋\nzwei' });
  assert.deepEqual(world.entries(), [
    { service: 'mail', method: 'POST', path: '/mail/send', key: 'k1', body: 'Grüße 👋\nzwei' },
  ]);
  await fetch(`${world.origin}/calendar?day=1`);
  assert.equal(world.entries()[1]?.service, 'calendar');
  assert.equal(world.entries()[1]?.key, undefined);
});

test('a repeat under the same key is accepted and counted', async (context) => {
  const world = await start(context);
  for (const key of ['a', 'b', 'a']) await post(`${world.origin}/pay`, key, { body: '10' });
  assert.deepEqual(
    [...effectsByKey(world.entries())],
    [
      ['a', 2],
      ['b', 1],
    ],
  );
});

test('a request whose answer never comes was accepted all the same', async (context) => {
  const world = await start(context);
  const end = new AbortController();
  const lost = post(`${world.origin}/mail/silence`, 'k1', { signal: end.signal });
  const entry = await world.accepted(({ service }) => service === 'mail');
  assert.equal(entry.key, 'k1');
  assert.deepEqual(await world.accepted(() => true), entry, 'also when asked later');
  end.abort();
  await assert.rejects(lost, { name: 'AbortError' });
  assert.equal(world.entries().length, 1);
});

test('a world that cannot write says so instead of pretending', async () => {
  await assert.rejects(startWorldLedger('/dev/null/none'), /the world ended/);
});
