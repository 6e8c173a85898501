import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absoluteReference } from './reference.ts';

const machine = { workingFolder: '/work/here', homeFolder: '/home/ann' };

test('a path counts from the folder of the person, and other references stay', () => {
  const references = {
    './weather': '/work/here/weather',
    '..': '/work',
    '~/weather': '/home/ann/weather',
    '/opt/weather.mcpb': '/opt/weather.mcpb',
    'review=./market': 'review=/work/here/market',
    'server:./server.json': 'server:/work/here/server.json',
    'a=server:../server.json': 'a=server:/work/server.json',
    'npm:@a/weather@^1': 'npm:@a/weather@^1',
    'review=github:ann/market#main': 'review=github:ann/market#main',
    'https://example.org/a.zip?x=./y': 'https://example.org/a.zip?x=./y',
    weather: 'weather',
  };
  for (const [typed, absolute] of Object.entries(references)) {
    assert.equal(absoluteReference(typed, machine), absolute);
  }
});
