import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { requirement } from '@opencomputer/testkit';
import { openBench } from '../fixtures/engine-bench.ts';
import type { EngineBench } from '../fixtures/engine-bench.ts';

const postgres = requirement('postgresql');
const temporal = requirement('temporal');
if (postgres !== undefined && temporal !== undefined) testWith({ postgres, temporal });

function testWith(programs: { readonly postgres: string; readonly temporal: string }): void {
  let bench: EngineBench;
  before(async () => {
    bench = await openBench(programs);
  });
  after(() => bench.close());

  test('a turn goes on when the server was killed under it', async () => {
    const { steps, engine, server } = bench;
    const gate = Promise.withResolvers<void>();
    const turn = steps.accept('c', {
      text: 'wait',
      answers: [[{ callId: 'c1', tool: 'wait', arguments: {} }], 'It went on.'],
      repeatable: true,
      tool: async () => {
        await gate.promise;
        return { status: 'done', text: 'waited' };
      },
    });
    await engine.wake({ conversation: 'c', key: 'key' });
    await steps.begun('callTool', turn);
    await server.restart();
    gate.resolve();
    assert.equal(await steps.finished(turn), 'It went on.');
  });

  test('inputs are in the record in the order in which the turn took them', async () => {
    const { steps, engine } = bench;
    const calls = ['c1', 'c2', 'c3'].map((callId) => ({ callId, tool: callId, arguments: {} }));
    const turn = steps.accept('d', { text: 'three', answers: [calls, 'Three.'], asked: ['c2'] });
    await engine.wake({ conversation: 'd', key: 'key-d' });
    await steps.begun('record', turn);
    await engine.signal({ conversation: 'd', key: 'key-d' }, turn, {
      type: 'approval-give',
      at: 1,
      callId: 'c2',
      approved: false,
      reason: 'not this one',
    });
    assert.equal(await steps.finished(turn), 'Three.');
    const record = steps.records.get(turn) ?? [];
    const names = record.map(({ type }) => type);
    assert.deepEqual(names.slice(0, 3), ['turn-start', 'model-finish', 'policy-decide']);
    assert.equal(names.filter((name) => name === 'tool-finish').length, 2);
    assert.equal(names.filter((name) => name === 'approval-give').length, 1);
    assert.equal(names.at(-1), 'model-finish');
  });
}
