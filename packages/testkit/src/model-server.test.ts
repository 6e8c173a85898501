import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startModelServer } from './model-server.ts';
import type { ModelServer, RecordedRequest, ServerTurn } from './model-server.ts';
import { modelWires } from './model-wire.ts';

let server: ModelServer;
let turn: ServerTurn = {};
before(async () => {
  server = await startModelServer(() => turn);
});
after(async () => server.close());

async function post(path: string, body: object): Promise<Response> {
  return fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) });
}

function last(): RecordedRequest {
  const request = server.requests.at(-1);
  assert.ok(request);
  return request;
}

for (const [name, wire] of Object.entries(modelWires)) {
  test(`${name}: answers whole and streamed, and records what it was sent`, async () => {
    turn = { text: 'hello there' };
    const whole = await post(wire.path, { model: 'm' });
    assert.match(await whole.text(), /hello there/);
    const streamed = await post(wire.path, { model: 'm', stream: true });
    assert.equal(streamed.headers.get('content-type'), 'text/event-stream');
    assert.match(await streamed.text(), /hello/);
    assert.equal(last().streamed, true);
    assert.deepEqual(last().body, { model: 'm', stream: true });
    assert.equal(last().wire, name);
  });

  test(`${name}: a status fault carries its status, headers and kind`, async () => {
    turn = {
      fault: { type: 'status', status: 429, headers: { 'retry-after': '7' }, kind: 'slow_down' },
    };
    const response = await post(wire.path, { model: 'm' });
    assert.equal(response.status, 429);
    assert.equal(response.headers.get('retry-after'), '7');
    assert.match(await response.text(), /slow_down/);
  });

  test(`${name}: a reset ends the body early, a truncated answer ends properly`, async () => {
    turn = { text: 'hello there', fault: { type: 'reset' } };
    await assert.rejects(async () => (await post(wire.path, { stream: true })).text());
    turn = { text: 'hello there', fault: { type: 'truncated-json' } };
    const body = await (await post(wire.path, {})).text();
    assert.throws(() => JSON.parse(body) as unknown);
  });

  test(`${name}: an answer without end goes on until the client leaves`, async () => {
    turn = { text: 'hello', fault: { type: 'endless' } };
    const response = await post(wire.path, { stream: true });
    let bytes = 0;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > 100_000) break;
    }
    assert.ok(bytes > 100_000);
  });
}

test('a huge answer has the announced length', async () => {
  turn = { fault: { type: 'huge', bytes: 200_000 } };
  const response = await post('/chat/completions', {});
  assert.equal((await response.arrayBuffer()).byteLength, 200_000);
});

test('an answer cut into single bytes is the same answer', async () => {
  turn = { text: 'Grüße, 日本', fault: { type: 'split-utf8' } };
  assert.match(await (await post('/messages', { stream: true })).text(), /日本/);
});

test('the models are listed, and an unknown route is 404', async () => {
  const models = (await (await fetch(`${server.url}/models`)).json()) as { data: unknown[] };
  assert.equal(models.data.length, 1);
  assert.equal((await post('/elsewhere', {})).status, 404);
});

test('a script in a list repeats its last turn', async () => {
  const other = await startModelServer([{ text: 'first' }, { text: 'second' }]);
  const say = async () =>
    (await fetch(`${other.url}/chat/completions`, { method: 'POST', body: '{}' })).text();
  assert.match(await say(), /first/);
  assert.match(await say(), /second/);
  assert.match(await say(), /second/);
  await other.close();
});
