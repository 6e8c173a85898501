import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock, readParts } from '@opencomputer/testkit';
import * as channels from '../channels/index.ts';
import * as core from '../core/index.ts';
import * as plugins from '../plugins/index.ts';
import * as policy from '../policy/index.ts';
import * as store from '../store/index.ts';
import { hideLast, summaries } from './conversation-log.ts';
import { message, openBench, words } from './fixtures/bench.ts';

test('turns are hidden from the last one on, and when none is left that is said', async (context) => {
  const folders = { channels, core, plugins, policy, store };
  const options = { clock: createFakeClock(), script: () => [words('Hello.')] };
  const { driver, ports } = await openBench(context, folders, options);
  for (const text of ['one', 'two']) await readParts(driver.send(message(text)));
  const where = { person: 'ann', conversation: 'c1' };
  assert.equal((await hideLast(ports, where)).text, 'two');
  assert.equal((await hideLast(ports, where)).text, 'one');
  assert.deepEqual(
    (await summaries(ports, 'c1')).map(({ undone }) => undone),
    [true, true],
  );
  await assert.rejects(hideLast(ports, where), { code: 'CONVERSATION_UNKNOWN' });
});
