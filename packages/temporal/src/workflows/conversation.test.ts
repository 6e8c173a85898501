import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { requirement } from '@opencomputer/testkit';
import { Client, Connection } from '@temporalio/client';
import { createDataConverter } from '../data-converter.ts';
import { openBench, testKey } from '../fixtures/engine-bench.ts';
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

  test('a conversation without open messages ends, and begins again with the next one', async () => {
    const { steps, engine, server } = bench;
    const key = { conversation: 'c', key: 'key' };
    const first = steps.accept('c', { text: 'first', answers: ['first'] });
    await engine.wake(key);
    await steps.finished(first);
    const connection = await Connection.connect({ address: server.address });
    const dataConverter = createDataConverter(testKey);
    const handle = new Client({ connection, dataConverter }).workflow.getHandle('key');
    await handle.result();
    const second = steps.accept('c', { text: 'second', answers: ['second'] });
    await engine.wake(key);
    assert.equal(await steps.finished(second), 'second');
    await connection.close();
  });

  test('a message that was accepted before anybody was told is found, and comes first', async () => {
    const { steps, engine } = bench;
    const untold = steps.accept('d', { text: 'untold', answers: ['untold'] });
    const told = steps.accept('d', { text: 'told', answers: ['told'] });
    await engine.wake({ conversation: 'd', key: 'key-d' });
    await Promise.all([steps.finished(untold), steps.finished(told)]);
    const ends = steps.done.filter((step) => step.startsWith('finish'));
    assert.ok(ends.indexOf(`finish ${untold}`) < ends.indexOf(`finish ${told}`));
  });

  test('a turn that somebody ended in Temporal is begun again, and says what is not known', async () => {
    const { steps, engine, server } = bench;
    const connection = await Connection.connect({ address: server.address });
    const { workflow } = new Client({ connection });
    const turn = steps.accept('e', {
      text: 'stuck',
      answers: [[{ callId: 'c1', tool: 'hang', arguments: {} }]],
      tool: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    });
    await engine.wake({ conversation: 'e', key: 'key-e' });
    await steps.begun('callTool', turn);
    await workflow.getHandle(turn).terminate('planted');
    assert.match(await steps.finished(turn), /^No language model|^It is not known|unknown/);
    await connection.close();
  });
}
