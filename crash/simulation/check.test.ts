import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkEpisode } from './check.ts';
import { runEpisode } from './episode.ts';

test('each thing that can be wrong is found under its own name', async () => {
  const episode = await runEpisode(3);
  const names = async (): Promise<string[]> => [
    ...new Set((await checkEpisode(episode)).violations.map(({ assertion }) => assertion)),
  ];
  assert.deepEqual(await names(), []);

  const once = episode.outside.effects.find(({ tool }) => tool === 'sim_once');
  assert.ok(once);
  episode.outside.effects.push(once);
  assert.deepEqual(await names(), ['effect-once']);
  episode.outside.effects.pop();

  episode.outside.effects.push({ tool: 'sim_keyed', marker: 'k0', key: 'a key of nobody' });
  assert.deepEqual(await names(), ['effect-is-recorded']);
  episode.outside.effects.pop();

  const [message] = episode.written;
  assert.ok(message);
  message.turns.add('a turn that was said to be accepted');
  assert.deepEqual(await names(), ['accepted-is-kept']);
});
