import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conversationId, doorTo, fakeService } from '../fixtures/fake-service.ts';
import { environment, piped, testContext } from '../fixtures/surroundings.ts';
import { run } from './run.ts';

test('in a terminal the text streams, a question can be answered, and the folder goes along', async () => {
  const service = fakeService();
  const context = testContext({ agent: doorTo(service) });
  assert.equal(await run(context, ['hello', 'there'], {}), 0);
  const [request] = service.requests;
  assert.equal(request?.text, 'hello there');
  assert.equal(request?.stream, true);
  assert.equal(request?.interactive, true);
  assert.equal(request?.folder, '/srv/work');
  assert.equal(request?.timeZone, 'Europe/Berlin');
  assert.equal(context.output.text(), 'You said: hello there\n');
});

test('in a pipe nothing streams and nothing can be asked', async () => {
  const service = fakeService();
  const context = testContext({ agent: doorTo(service), environment: environment(piped) });
  await run(context, ['hello'], {});
  assert.equal(service.requests[0]?.stream, false);
  assert.equal(service.requests[0]?.interactive, false);
});

test('with a pipe for input and a terminal for the rest, the terminal is asked', async () => {
  const service = fakeService();
  const streams = { input: false, output: true, error: true, columns: 80 };
  const context = testContext({
    agent: doorTo(service),
    environment: environment({ streams }),
    input: 'piped',
    terminal: 'y\n',
  });
  await run(context, ['sum up'], {});
  assert.equal(service.requests[0]?.interactive, true);
  assert.equal(service.requests[0]?.text, 'sum up\n\npiped');
});

test('on a build machine nobody is asked', async () => {
  const service = fakeService();
  const machine = environment({ variables: { CI: 'true' } });
  await run(testContext({ agent: doorTo(service), environment: machine }), ['hello'], {});
  assert.equal(service.requests[0]?.interactive, false);
});

test('a conversation can be named, or be the last one', async () => {
  const service = fakeService();
  const context = (): ReturnType<typeof testContext> => testContext({ agent: doorTo(service) });
  await run(context(), ['a'], { conversation: 'c-9' });
  await run(context(), ['b'], { resume: 'last' });
  await run(context(), ['c'], {});
  assert.deepEqual(
    service.requests.map(({ conversation }) => conversation),
    ['c-9', conversationId, undefined],
  );
  const empty = doorTo(fakeService({ queries: { conversations: [] } }));
  await assert.rejects(run(testContext({ agent: empty }), ['d'], { resume: 'last' }), {
    code: 'CONVERSATION_UNKNOWN',
  });
});

test('two kinds of JSON at once are refused', async () => {
  const context = testContext({ agent: doorTo(fakeService()) });
  await assert.rejects(run(context, ['a'], { json: true, streamJson: true }), {
    code: 'OPTION_INVALID',
  });
});
