import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamPart, TurnInput } from '@opencomputer/contracts';
import { createHastyClock } from '@opencomputer/testkit';
import { advance, isFinal, pendingCommands, replay } from '../../core/index.ts';
import { createFollower } from './follower.ts';
import type { FollowerPorts } from './follower.ts';

const machine = { advance, isFinal, pendingCommands, replay };
const start: TurnInput = {
  type: 'turn-start',
  at: 1,
  message: {
    id: 't',
    channel: 'test',
    channelMessageId: '1',
    person: 'ann',
    assurance: 'local',
    conversation: 'c',
    text: 'hi',
    at: 1,
    timeZone: 'UTC',
    interactive: true,
  },
  parsed: { kind: 'unknown', confidence: 0, slots: {}, missing: [], alternatives: [], reason: '' },
  plan: { type: 'model' },
  budget: { steps: 10, tokens: 100, seconds: 60, money: 1 },
};
const cancel: TurnInput = { type: 'turn-cancel', at: 2, reason: 'enough' };

function ports(
  records: Map<string, TurnInput[]>,
  rest: Partial<FollowerPorts> = {},
): FollowerPorts {
  return {
    journal: {
      progress: async (turns) =>
        new Map(
          turns.flatMap((turn) => {
            const inputs = records.get(turn)?.length;
            return inputs === undefined ? [] : [[turn, { inputs, isEnded: false }] as const];
          }),
        ),
      record: async (turn) => records.get(turn) ?? [],
    },
    machine,
    clock: createHastyClock(100),
    pluginOf: () => 'plugin',
    parked: async () => [],
    report: () => undefined,
    ...rest,
  };
}

test('a turn is followed to its end, which is shown once', async () => {
  const follower = createFollower(ports(new Map([['t', [start, cancel]]])));
  const parts: StreamPart[] = [];
  await follower.follow({ turn: 't', emit: (part) => parts.push(part), stream: true });
  assert.deepEqual(
    parts.map(({ type }) => type),
    ['text-start', 'text-delta', 'text-end', 'turn-end'],
  );
  const end = parts.at(-1);
  assert.ok(end?.type === 'turn-end');
  assert.deepEqual([end.status, end.text], ['cancelled', 'Stopped: enough.']);
});

test('a look that failed is told of and followed by another', async () => {
  const reports: string[] = [];
  const records = new Map([['t', [start, cancel]]]);
  const good = ports(records);
  let looks = 0;
  const journal: FollowerPorts['journal'] = {
    ...good.journal,
    progress: (turns) => {
      if (looks++ === 0) return Promise.reject(new Error('planted'));
      return good.journal.progress(turns);
    },
  };
  const report = (error: unknown): number => reports.push(String(error));
  const follower = createFollower({ ...good, journal, report });
  await follower.follow({ turn: 't', emit: () => undefined, stream: false });
  assert.deepEqual(reports, ['Error: planted']);
});

test('who follows a message that was set aside, or a process that stops, is told', async () => {
  const aside = createFollower(ports(new Map(), { parked: async (turns) => turns }));
  const reader = { emit: () => undefined, stream: false };
  await assert.rejects(aside.follow({ ...reader, turn: 'a' }), { message: /set aside/ });
  const stopping = createFollower(ports(new Map()));
  const followed = stopping.follow({ ...reader, turn: 'b' });
  stopping.stop();
  await assert.rejects(followed, { code: 'SERVICE_STOPPING' });
});
