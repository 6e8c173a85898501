import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import { requirement } from '@opencomputer/testkit';
import { Client, Connection } from '@temporalio/client';
import { openEngine } from './engine.ts';
import { openBench, testKey } from './fixtures/engine-bench.ts';
import type { EngineBench } from './fixtures/engine-bench.ts';
import { historyToBytes } from './fixtures/history-text.ts';
import { scenarios } from './fixtures/scenarios.ts';
import type { ScriptedTurn } from './fixtures/scripted-steps.ts';
import { sealedEncoding } from './payload-codec.ts';

const silent = { key: testKey, installation: 'test', graceMs: 0, report: () => undefined };

test('a server that cannot be reached is an error of the table, with its address', async () => {
  await assert.rejects(openEngine({ ...silent, address: '127.0.0.1:1' }), {
    code: 'ENGINE_UNREACHABLE',
    message: /127\.0\.0\.1:1/,
  });
});

const postgres = requirement('postgresql');
const temporal = requirement('temporal');
if (postgres !== undefined && temporal !== undefined) testWith({ postgres, temporal });

function testWith(programs: { readonly postgres: string; readonly temporal: string }): void {
  let bench: EngineBench;
  let conversations = 0;
  before(async () => {
    bench = await openBench(programs);
  });
  after(() => bench.close());

  const keyOf = (conversation: string) => ({ conversation, key: `key-of-${conversation}` });
  const fresh = (): string => `c${++conversations}`;
  const say = async (script: ScriptedTurn, conversation = fresh()): Promise<string> => {
    const turn = bench.steps.accept(conversation, script);
    await bench.engine.wake(keyOf(conversation));
    return turn;
  };

  test('a namespace that does not exist is said to be missing', async () => {
    const { address } = bench.server;
    await assert.rejects(openEngine({ ...silent, address, namespace: 'nowhere' }), {
      code: 'ENGINE_UNREACHABLE',
      message: /nowhere/,
    });
  });

  const ends: Readonly<Record<string, RegExp>> = {
    'fast-path': /^sum is done$/,
    'two-tools': /^Both are done\.$/,
    approval: /^It is sent\.$/,
    timer: /Stopped after 1 seconds/,
    cancel: /^Stopped: a person\.$/,
    failure: /No language model/,
  };
  for (const [name, { turn: script, meanwhile }] of Object.entries(scenarios)) {
    test(`a turn ends as its scenario says: ${name}`, async () => {
      const { engine, steps } = bench;
      const conversation = fresh();
      const turn = await say(script, conversation);
      await meanwhile?.({ engine, steps, turn, key: keyOf(conversation) });
      assert.match(await steps.finished(turn), ends[name] ?? /^nothing/);
      assert.equal(steps.done.filter((step) => step === `finish ${turn}`).length, 1);
    });
  }

  test('messages of a conversation are worked on one after another, in order', async () => {
    const { steps, engine } = bench;
    const conversation = fresh();
    const turns = ['one', 'two', 'three'].map((text) =>
      steps.accept(conversation, { text, answers: [text] }),
    );
    await Promise.all(turns.map(() => engine.wake(keyOf(conversation))));
    assert.deepEqual(await Promise.all(turns.map(steps.finished)), ['one', 'two', 'three']);
    const seen = steps.done.filter((step) => turns.includes(step.split(' ')[1] ?? ''));
    const ofOne = (turn = ''): string[] => [`begin ${turn}`, `callModel ${turn}`, `finish ${turn}`];
    assert.deepEqual(seen, turns.flatMap(ofOne));
  });

  test('a turn that has not begun is cancelled when its time comes', async () => {
    const { steps, engine } = bench;
    const conversation = fresh();
    const gate = Promise.withResolvers<void>();
    const first = await say(
      {
        text: 'first',
        answers: [[{ callId: 'c1', tool: 'wait', arguments: {} }], 'first'],
        tool: async () => {
          await gate.promise;
          return { status: 'done', text: 'waited' };
        },
      },
      conversation,
    );
    await steps.begun('callTool', first);
    const second = await say({ text: 'second', answers: ['second'] }, conversation);
    const cancel = { type: 'turn-cancel', at: 1, reason: 'no need' } as const;
    await engine.signal(keyOf(conversation), second, cancel);
    gate.resolve();
    assert.equal(await steps.finished(first), 'first');
    assert.equal(await steps.finished(second), 'Stopped: no need.');
  });

  test('a step that the store refused for a moment is done again', async (context) => {
    const { steps } = bench;
    const { callModel } = steps;
    let refused = 0;
    context.mock.method(steps, 'callModel', async (...words: Parameters<typeof callModel>) => {
      if (refused++ < 2) throw new AgentError('STORE_FAILED', { problem: 'gone for a moment' });
      return callModel(...words);
    });
    const turn = await say({ text: 'again', answers: ['there'] });
    assert.equal(await steps.finished(turn), 'there');
    assert.equal(refused, 3);
  });

  test('a call of which nobody can tell how it ended is unknown, and is not run again', async () => {
    const { steps } = bench;
    let runs = 0;
    const turn = await say({
      text: 'once',
      answers: [[{ callId: 'c1', tool: 'send', arguments: {} }], 'I do not know.'],
      tool: async () => {
        runs += 1;
        throw new AgentError('INTERNAL', { problem: 'planted' });
      },
    });
    assert.match(await steps.finished(turn), /^I do not know\./);
    const end = steps.records.get(turn)?.find(({ type }) => type === 'tool-finish');
    assert.ok(end?.type === 'tool-finish');
    assert.equal(end.outcome.status, 'unknown');
    assert.equal(runs, 1);
  });

  test('a message that cannot be begun is set aside, and the next one is answered', async (context) => {
    const { steps } = bench;
    const { begin } = steps;
    context.mock.method(steps, 'begin', async (turn: string) => {
      if (turn === altered) throw new AgentError('SEAL_BROKEN', { table: 'inbox', row: turn });
      return begin(turn);
    });
    const conversation = fresh();
    const altered = steps.accept(conversation, { text: 'altered' });
    const next = await say({ text: 'next', answers: ['here'] }, conversation);
    await steps.begun('park', altered);
    assert.equal(await steps.finished(next), 'here');
  });

  test('the server keeps no word of a person that is not sealed', async () => {
    const word = 'Zwetschgendatschi';
    const conversation = fresh();
    const turn = await say({ text: word, answers: [`${word}!`] }, conversation);
    assert.equal(await bench.steps.finished(turn), `${word}!`);
    const connection = await Connection.connect({ address: bench.server.address });
    const client = new Client({ connection });
    for (const id of [turn, keyOf(conversation).key]) {
      const kept = historyToBytes(await client.workflow.getHandle(id).fetchHistory());
      assert.ok(kept.includes(sealedEncoding));
      assert.ok(!kept.includes(word), id);
    }
    await connection.close();
  });
}
