import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { runHandler, temporaryStorage } from '@opencomputer/plugin';
import { tools } from './tools.ts';

const storages = await Promise.all(Array.from({ length: 5 }, temporaryStorage));
after(() => Promise.all(storages.map((storage) => storage.remove())));
const unused = [...storages];

function person(): (tool: string, input: JsonObject, key?: string) => Promise<ToolOutcome> {
  const storage = unused.pop();
  assert.ok(storage);
  return (tool, input, key) =>
    runHandler(tools, {
      tool: `notes_${tool}`,
      input,
      storage,
      ...(key === undefined ? {} : { idempotencyKey: key }),
    });
}

test('a note is kept and found by its words, whole when it is the only one', async () => {
  const ask = person();
  const created = await ask('create', { text: 'The wifi code is on the fridge', title: 'Wifi' });
  assert.equal(created.text, 'Noted: Wifi');
  await ask('create', { text: 'Gift ideas: a lamp' });
  const found = await ask('find', { query: 'wifi code' });
  assert.equal(found.text, '**Wifi**\nThe wifi code is on the fridge\n(noted today)');
  assert.match((await ask('find', {})).text, /^- .*\n- /);
});

test('a retry with the same key notes once', async () => {
  const ask = person();
  const first = await ask('create', { text: 'once' }, 'key');
  assert.deepEqual(await ask('create', { text: 'once' }, 'key'), first);
  const found = await ask('find', {});
  assert.ok(found.status === 'done');
  assert.equal((found.data as { found: number }).found, 1);
});

test('nothing found is an answer that says so', async () => {
  const ask = person();
  assert.equal((await ask('find', {})).text, 'You have no notes.');
  assert.equal((await ask('find', { query: 'cars' })).text, 'I found no note about "cars".');
  assert.equal((await ask('create', { text: ' ' })).status, 'refused');
});

test('a limit shows as many and says how many there are more', async () => {
  const ask = person();
  for (const text of ['one car', 'two cars', 'three cars']) await ask('create', { text });
  const found = await ask('find', { query: 'cars', limit: 2 });
  assert.match(found.text, /^- .*\n- .*\n\nand 1 more\.$/);
});

test('deleting takes the one that is meant and asks when several are', async () => {
  const ask = person();
  await ask('create', { text: 'the car needs oil' });
  await ask('create', { text: 'the car is blue' });
  const several = await ask('delete', { query: 'the car' });
  assert.equal(several.status, 'refused');
  assert.match(several.text, /^Which one.*\n- the car needs oil \[\w{12}\]\n- the car is blue/);
  assert.equal(
    (await ask('delete', { query: 'the oil' })).text,
    'Deleted the note: the car needs oil',
  );
  assert.equal((await ask('find', { query: 'car' })).text, 'the car is blue\n(noted today)');
  const gone = await ask('delete', { query: 'oil' });
  assert.deepEqual([gone.status, gone.text], ['refused', 'I found no note about "oil".']);
});
