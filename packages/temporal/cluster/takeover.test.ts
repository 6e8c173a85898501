import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '@temporalio/client';
import { takeoverTimes } from './takeover.ts';

const started = (pid: number, seconds: number) => ({
  eventTime: { seconds, nanos: 0 },
  activityTaskStartedEventAttributes: { identity: `${pid}@host` },
});

const clientOf = (histories: Readonly<Record<string, readonly object[]>>): Client =>
  ({
    workflow: {
      getHandle: (id: string) => ({ fetchHistory: async () => ({ events: histories[id] }) }),
    },
  }) as unknown as Client;

test('a take-over is from the kill to the next start by another, of turns that the dead ran', async () => {
  const client = clientOf({
    interrupted: [started(1, 10), started(2, 17)],
    elsewhere: [started(2, 10), started(2, 13)],
    over: [started(1, 10)],
  });
  const turns = ['interrupted', 'elsewhere', 'over'];
  const kills = [{ pid: 1, at: 12_000 }];
  assert.deepEqual(await takeoverTimes(client, { turns, kills }), [5_000]);
});
