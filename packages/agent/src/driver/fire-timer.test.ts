import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { manifest as manifestSchema } from '@opencomputer/contracts';
import type { OutboundReply, ToolHandler } from '@opencomputer/contracts';
import type { Statement } from '@opencomputer/contracts/internal';
import { createFakeClock } from '@opencomputer/testkit';
import type { FakeClock } from '@opencomputer/testkit';
import { createPluginHost } from '../plugins/index.ts';
import { createGate, decide } from '../policy/index.ts';
import { fireTimer } from './fire-timer.ts';
import type { FirePorts } from './fire-timer.ts';

const statement = (sql: string): Statement => ({ sql, parameters: [] });
const due = {
  id: 't1',
  at: Date.UTC(2026, 0, 1),
  plugin: 'egg',
  text: 'Reminder: eggs',
  person: 'ann',
  conversation: 'c1',
};

interface Made {
  readonly ports: FirePorts;
  readonly clock: FakeClock;
  readonly replies: OutboundReply[];
  readonly events: unknown[];
}

function make(context: TestContext, handler: ToolHandler): Made {
  const clock = createFakeClock(Date.UTC(2026, 0, 2));
  const gate = createGate(decide);
  const replies: OutboundReply[] = [];
  const events: unknown[] = [];
  const manifest = manifestSchema.parse({
    name: 'egg',
    version: '1.0.0',
    framework_version: '*',
    description: 'A test.',
    runtime: 'builtin',
    provides: {
      tools: [{ name: 'egg_fired', description: 'x', input: {}, effect: 'write', reach: 'own' }],
    },
  });
  const host = createPluginHost({
    plugins: [],
    builtins: [{ manifest, handlers: { egg_fired: handler } }],
    redeem: (permit) => gate.redeem(permit),
    fingerprint: (text) => text,
    storageFor: () => Promise.reject(new Error('no storage')),
    callService: () => Promise.reject(new Error('no services')),
    clock,
    places: { node: process.execPath, scratch: '', listings: '', environment: {} },
  });
  context.after(() => host.stop());
  const ports: FirePorts = {
    host,
    gate,
    grants: [],
    clock,
    identifier: randomUUIDv7,
    timeZone: 'Asia/Tokyo',
    report: () => undefined,
    enqueue: async (reply) => {
      replies.push(reply);
      return [statement('reply')];
    },
    journal: {
      event: async (owner, event) => {
        events.push([owner, event]);
        return statement('event');
      },
    },
  };
  return { ports, clock, replies, events };
}

test('a firing is a word to the person and an event, with the timer that follows', async (context) => {
  const timers = [{ id: 't1', at: due.at + 86_400_000, text: 'next' }];
  const { ports, replies, events, clock } = make(context, async (_, { timeZone, now }) => {
    assert.deepEqual([timeZone, now], ['Asia/Tokyo', Date.UTC(2026, 0, 2)]);
    return { status: 'done', text: '', timers };
  });
  const { statements, changes } = await fireTimer(ports, due);
  assert.deepEqual(changes, timers);
  assert.deepEqual(statements, [statement('event'), statement('reply')]);
  const { text, person, conversation } = replies[0] ?? {};
  assert.deepEqual([text, person, conversation], ['Reminder: eggs', 'ann', 'c1']);
  assert.equal(replies[0]?.turn, undefined);
  const payload = { plugin: 'egg', due: due.at };
  assert.deepEqual(events, [
    [
      { person: 'ann', conversation: 'c1' },
      { name: 'timer-fire', at: clock.now(), payload },
    ],
  ]);
  assert.deepEqual(clock.waits, [], 'no time limit is left behind');
});

test('a firing that is tried again has the same key, and the next one another', async (context) => {
  const keys: string[] = [];
  const { ports } = make(context, async (_, { idempotencyKey }) => {
    keys.push(idempotencyKey);
    return { status: 'done', text: '' };
  });
  await fireTimer(ports, due);
  await fireTimer(ports, due);
  await fireTimer(ports, { ...due, at: due.at + 1 });
  assert.equal(keys[0], keys[1]);
  assert.notEqual(keys[1], keys[2]);
});

test('a plugin that does not answer holds nothing back; it alone is told again, without words', async (context) => {
  const { ports, replies, clock } = make(context, async () => {
    clock.forward(10_000);
    return new Promise(() => undefined);
  });
  const { changes } = await fireTimer(ports, due);
  assert.equal(replies[0]?.text, 'Reminder: eggs');
  const [again] = changes;
  assert.deepEqual([again?.id, again?.text], [due.id, '']);
  await fireTimer(ports, { ...due, text: '' });
  assert.equal(replies.length, 1);
});

test('one that declares how late it may be is not said later, but its plugin is told and it is noted', async (context) => {
  let told = 0;
  const { ports, replies, events } = make(context, async () => {
    told += 1;
    return { status: 'done', text: '' };
  });
  const lateMs = Date.UTC(2026, 0, 2) - due.at;
  await fireTimer(ports, { ...due, lateMsMax: lateMs });
  assert.equal(replies.length, 1);
  const { statements } = await fireTimer(ports, { ...due, lateMsMax: lateMs - 1 });
  assert.deepEqual([replies.length, told, statements.length], [1, 2, 1]);
  const [, event] = events.at(-1) as [unknown, { payload: object }];
  assert.deepEqual(event.payload, { plugin: 'egg', due: due.at, skipped: true });
});

test('a clock that was set back does not show a plugin the fired instant as still to come', async (context) => {
  const seen: number[] = [];
  const { ports, clock } = make(context, async (_, { now }) => {
    seen.push(now);
    return { status: 'done', text: '' };
  });
  clock.set(due.at - 3_600_000);
  await fireTimer(ports, due);
  assert.deepEqual(seen, [due.at]);
});
