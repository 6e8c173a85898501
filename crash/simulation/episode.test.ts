import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkEpisode } from './check.ts';
import { runEpisode } from './episode.ts';

test('the same seed is the same episode', async () => {
  const [one, other] = [await runEpisode(11), await runEpisode(11)];
  const story = ({ hours, turns, crashes, outside }: typeof one): object => ({
    hours,
    turns,
    crashes,
    effects: outside.effects.map(({ tool, marker }) => [tool, marker]),
  });
  assert.deepEqual(story(one), story(other));
  assert.ok(one.crashes > 0 && one.outside.effects.length > 0, 'something happened');
  assert.deepEqual((await checkEpisode(one)).violations, []);
});
