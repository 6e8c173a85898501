import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PassThrough } from 'node:stream';
import { configuration } from '@opencomputer/contracts';
import { environment } from '../fixtures/surroundings.ts';
import { askChanges } from './init-questions.ts';

/** Keys for each question in turn; a question is there when its output falls silent on its text. */
const answer = async (
  answers: readonly (readonly [question: string, ...keys: string[]])[],
  settings: object = {},
  variables: Record<string, string> = {},
): ReturnType<typeof askChanges> => {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  const waiting = [...answers];
  let seen = '';
  output.on('data', (data: Buffer) => {
    seen += data.toString();
    const [next] = waiting;
    if (next === undefined || !seen.includes(next[0])) return;
    waiting.shift();
    seen = '';
    const [, ...keys] = next;
    setImmediate(() => {
      for (const key of keys) input.write(key);
    });
  });
  return askChanges({
    configuration: configuration.parse(settings),
    environment: environment({ variables }),
    streams: { input, output },
  });
};

const ENTER = '\r';
const ESCAPE = '\u001b';
const DOWN = '\u001b[B';
const ERASE = '\u007f';
const erased = Array.from({ length: 40 }, () => ERASE);

test('Enter at every question changes nothing', async () => {
  const changes = await answer(
    [
      ['Which language model', ENTER],
      ['want to be called', ENTER],
      ['time zone', ENTER],
      ['Folders', ENTER],
    ],
    { person: { name: 'Ada' }, folders: ['/srv/a'] },
  );
  assert.deepEqual(changes, []);
});

test('a provider whose key is in the environment asks for no key', async () => {
  const changes = await answer(
    [
      ['Which language model', DOWN, ENTER],
      ['Name of the model', ...erased, 'my-model', ENTER],
      ['want to be called', 'Ada', ENTER],
      ['time zone', 'Asia/Tokyo', ENTER],
      ['Folders', '/srv/a, ~/b', ENTER],
    ],
    {},
    { OPENAI_API_KEY: 'present' },
  );
  assert.deepEqual(changes, [
    { path: ['models'], value: [{ provider: 'openai', model: 'my-model' }] },
    { path: ['person', 'name'], value: 'Ada' },
    { path: ['person', 'timeZone'], value: 'Asia/Tokyo' },
    { path: ['folders'], value: ['/srv/a', '~/b'] },
  ]);
});

test('a server of one’s own needs an address and no key', async () => {
  const changes = await answer([
    ['Which language model', DOWN, DOWN, DOWN, DOWN, ENTER],
    ['Name of the model', ENTER],
    ['Address of the server', ENTER],
    ['want to be called', ENTER],
    ['time zone', ENTER],
    ['Folders', ENTER],
  ]);
  assert.deepEqual(changes, [
    {
      path: ['models'],
      value: [
        { provider: 'openai-compatible', model: 'llama3.2', url: 'http://127.0.0.1:11434/v1' },
      ],
    },
  ]);
});

test('a value that is emptied goes back to its default', async () => {
  const changes = await answer(
    [
      ['Which language model', ENTER],
      ['want to be called', ...erased, ENTER],
      ['time zone', ENTER],
      ['Folders', ...erased, ENTER],
    ],
    { person: { name: 'Ada' }, folders: ['/srv/a'] },
  );
  assert.deepEqual(changes, [
    { path: ['person', 'name'], value: undefined },
    { path: ['folders'], value: [] },
  ]);
});

test('Esc leaves without a change, however far it got', async () => {
  const changes = await answer([
    ['Which language model', ENTER],
    ['want to be called', 'Ada', ENTER],
    ['time zone', ESCAPE],
  ]);
  assert.equal(changes, undefined);
});
