import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './fairness.ts';
import { work } from './fixtures/agent.ts';
import { standIn } from './fixtures/options.ts';

// A reply of the slow model, one second, has to fit beside the flood; and of the 20 messages a second
// that meet it not all may come where the stand-in, which refuses every other one, refuses.
const lengths = ['--rounds', '1', '--seconds', '2', '--flood', '90'];

test('replies beside a flood are told from those alone, and each message has an outcome', async () => {
  const metrics = await run([...standIn('usual'), ...lengths]);
  for (const model of ['fast', 'slow']) {
    const of = (name: string): number => metrics[`fairness.${model}_${name}`] ?? Number.NaN;
    assert.equal(of('p99_ratio'), of('flood_p99_ms') / of('alone_p99_ms'));
    assert.ok(of('alone_p50_ms') > (model === 'slow' ? 1000 : work.turn * 0.9));
    assert.ok(of('normal_s_max') >= 0 && of('drain_s_max') > 0);
    assert.ok(of('answered') > 0 && of('refused') > 0);
    // The stand-in refuses every other message.
    assert.ok(of('quiet_unanswered') > 0);
    assert.equal(of('sent'), of('answered') + of('refused'));
    const none = [of('failed'), of('lost'), of('unclear'), of('calls_beyond_answers')];
    assert.deepEqual(none, [0, 0, 0, 0]);
  }
});
