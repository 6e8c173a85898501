import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, greeting, saying, scriptedService, serve } from './fixtures/scripted-service.ts';

const local = true;
test('the first question is which version runs', async (context) => {
  const served = await serve(context, scriptedService());
  const { status, text } = await ask(served, { path: '/internal/hello', local });
  assert.deepEqual([status, JSON.parse(text)], [200, { version: '1.2.3' }]);
});

test('a turn is one JSON line for each of its parts', async (context) => {
  const served = await serve(context, scriptedService());
  const { headers, text } = await ask(served, { path: '/internal/send', body: greeting, local });
  assert.match(headers['content-type'] ?? '', /^application\/x-ndjson/);
  const lines = text.trimEnd().split('\n');
  const parts = lines.map((line) => JSON.parse(line) as unknown);
  assert.deepEqual(parts, saying('Hello', ' there'));
});

test('errors are plain error data, with what to do about them', async (context) => {
  const served = await serve(context, scriptedService());
  const cases: [string, unknown, number][] = [
    ['/internal/send', { ...greeting, text: 5 }, 400],
    ['/internal/act', { type: 'explode' }, 400],
    ['/internal/query', { name: 'secrets', input: {} }, 400],
    ['/internal/query', '{', 400],
    ['/internal/nothing', {}, 404],
  ];
  for (const [path, body, status] of cases) {
    const answer = await ask(served, { path, body, local });
    assert.equal(answer.status, status, path);
    if (status === 404) continue;
    const { code, remedy, actor } = JSON.parse(answer.text) as Record<string, string>;
    assert.deepEqual([code, actor], ['INPUT_INVALID', 'user']);
    assert.match(remedy ?? '', /./);
  }
  const listening = await ask(served, { path: '/internal/listen', local });
  assert.equal(listening.status, 400);
});

test('a defect is told to the operator and not only to the client', async (context) => {
  const defect = new Error('a defect');
  const query = (): Promise<never> => Promise.reject(defect);
  const served = await serve(context, scriptedService({ query }));
  const body = { name: 'models', input: {} };
  const answer = await ask(served, { path: '/internal/query', body, local });
  assert.equal(answer.status, 500);
  assert.deepEqual(served.faults, [defect]);
});
