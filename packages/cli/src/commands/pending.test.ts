import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pending } from '@opencomputer/contracts/internal';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import type { FakeService } from '../fixtures/fake-service.ts';
import { testContext } from '../fixtures/surroundings.ts';
import { pending, pendingDrop, pendingRetry } from './pending.ts';

const waiting: Pending = {
  messages: [
    { id: 'm1', conversation: 'c', starts: 3, text: 'poison\nin two lines' },
    { id: 'm2', conversation: 'c', starts: 1 },
  ],
  outcomes: [
    {
      id: 't1/call_1',
      conversation: 'c',
      at: Date.UTC(2026, 0, 5, 8),
      call: { callId: 'call_1', tool: 'mail_send', arguments: { to: 'bob' } },
    },
  ],
  replies: [
    {
      id: 'r1.webhook',
      channel: 'webhook',
      conversation: 'c',
      at: 1,
      state: 'dead',
      attempts: 20,
      text: 'Hello.',
      reason: 'it answered 500',
    },
  ],
};

const made = (list: Pending = waiting) => {
  const service: FakeService = fakeService({
    queries: { pending: list, settle: { what: 'message' } },
  });
  return { service, context: testContext({ agent: doorTo(service) }) };
};

test('everything that waits is a line with its id, what it is and why', async () => {
  const { context } = made();
  assert.equal(await pending(context, [], {}), 0);
  const lines = context.output.text().split('\n');
  assert.match(lines[0] ?? '', /^m1 {2}message set aside after 3 starts: poison in two lines$/);
  assert.match(lines[1] ?? '', /^m2 {2}.*altered$/);
  assert.match(
    lines[2] ?? '',
    /^t1\/call_1 {2}outcome unknown: mail_send \{"to":"bob"\}, started /,
  );
  assert.match(
    lines[3] ?? '',
    /^r1\.webhook .*webhook given up after 20 attempts \(it answered 500\)/,
  );
  assert.match(context.error.text(), /agent pending retry/);
});

test('with nothing to decide it says so, and as JSON it is the whole list', async () => {
  const none = made({ messages: [], outcomes: [], replies: [] });
  await pending(none.context, [], {});
  assert.equal(none.context.output.text(), 'Nothing waits for you.\n');
  const { context } = made();
  await pending(context, [], { json: true });
  assert.deepEqual(JSON.parse(context.output.text()), waiting);
});

test('a message or a reply is tried again or dropped by its id', async () => {
  const { context } = made();
  await pendingRetry(context, ['m1'], {});
  await pendingDrop(context, ['m1'], {});
  assert.equal(context.output.text(), 'The message is tried again.\nThe message was dropped.\n');
  await assert.rejects(pendingDrop(context, [], {}), { code: 'OPTION_INVALID' });
});

test('a call is done again by a turn, which can ask and is shown', async () => {
  const { context, service } = made();
  assert.equal(await pendingRetry(context, ['t1/call_1'], {}), 0);
  assert.deepEqual(
    service.requests.map(({ again }) => again),
    ['t1/call_1'],
  );
  assert.match(context.output.text(), /You said: Do it again/);
});

test('when more waits than is listed, it is said how much', async () => {
  const { context } = made({ ...waiting, more: 1_234 });
  await pending(context, [], {});
  assert.match(context.output.text(), /\nand 1,234 more\n$/);
});
