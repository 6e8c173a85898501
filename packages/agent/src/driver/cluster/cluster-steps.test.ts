import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import * as channels from '../../channels/index.ts';
import * as core from '../../core/index.ts';
import * as plugins from '../../plugins/index.ts';
import * as policy from '../../policy/index.ts';
import * as store from '../../store/index.ts';
import { message, openBench } from '../fixtures/bench.ts';
import { createClusterSteps } from './cluster-steps.ts';

const folders = { channels, core, plugins, policy, store };

test('the oldest open message of a conversation is next; one that was set aside is told of', async (context) => {
  const { ports, mailbox } = await openBench(context, folders, { clock: createFakeClock() });
  const steps = createClusterSteps({ ports, fireTimers: async () => 7 });
  // the bench's identifiers are in any order within a millisecond
  const [earlier = '', later = ''] = [ports.identifier(), ports.identifier()].toSorted();
  const of = (id: string, words: string) => ({ ...message(words), id, conversation: 'c', at: 1 });
  const [first, second] = [of(earlier, 'first'), of(later, 'second')];
  await mailbox.accept(first);
  await mailbox.accept(second);
  assert.equal(await steps.next('c'), first.id);
  await steps.park(first.id);
  await steps.park(first.id);
  assert.equal(await steps.next('c'), second.id);
  assert.equal(await steps.next('other'), null);
  assert.equal((await mailbox.parked('ann')).length, 1);
  const notices = await mailbox.waiting('ann');
  assert.equal(notices.length, 1, 'the person is told once');
  assert.equal(await steps.fireTimers(), 7);
});
