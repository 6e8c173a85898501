import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { standIn } from '../fixtures/options.ts';
import { callTurns } from './callers.ts';
import { makeSurroundings } from './surroundings.ts';

test('the program runs against the model server, and nothing is left of either', async () => {
  const surroundings = await makeSurroundings('test', standIn('usual'));
  assert.ok(surroundings);
  const { endpoint, pid } = await surroundings.serve();
  const { environment } = surroundings.call();
  const home = environment['OPENCOMPUTER_HOME'] ?? '';
  assert.deepEqual(Object.keys(environment).toSorted(), [
    'HOME',
    'OPENAI_API_KEY',
    'OPENAI_BASE_URL',
    'OPENCOMPUTER_HOME',
    'PATH',
  ]);
  assert.equal(await surroundings.lastRequest(), 'null');
  await callTurns({ endpoint, turns: 2, text: 'hi', user: 'ann' });
  assert.equal(await surroundings.modelRequests(), 2);
  assert.match(await surroundings.lastRequest(), /"content":"hi"/);
  assert.ok(existsSync(home));
  await surroundings.end();
  assert.equal(existsSync(home), false);
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  await assert.rejects(surroundings.modelRequests());
});

test('what is not present makes no surroundings', async () => {
  assert.equal(await makeSurroundings('test', standIn('none')), undefined);
  const noModel = [...standIn('usual'), '--shared', '/nonexistent'];
  assert.equal(await makeSurroundings('test', noModel), undefined);
});
