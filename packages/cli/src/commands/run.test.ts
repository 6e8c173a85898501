import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  conversationId,
  doorTo,
  failure,
  fakeService,
  streamed,
  turnId,
} from '../fixtures/fake-service.ts';
import type { Script } from '../fixtures/fake-service.ts';
import { capture, environment, piped, testContext } from '../fixtures/surroundings.ts';
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
  assert.equal(service.requests[0]?.text, 'sum up');
  assert.equal(service.requests[0]?.attached, 'piped');
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

const breaking: Script = async function* () {
  const error = failure('MODEL_RATE_LIMITED', { model: 'gpt' });
  const text = `${error.message} ${error.toData().remedy}`;
  yield* streamed('Let me', 'step-1');
  yield* streamed(text, turnId);
  return { status: 'failed', text, error };
};

test('a failure is told once, on standard error, below what was answered', async () => {
  for (const streams of [piped, {}]) {
    const agent = doorTo(fakeService({ scripts: { '*': breaking } }));
    const context = testContext({ agent, environment: environment(streams) });
    // One screen, as a person sees it.
    const screen = capture();
    const write = (text: string): void => screen.write(text);
    const code = await run({ ...context, output: { write }, error: { write } }, ['hello'], {});
    assert.equal(code, 1);
    const said = /^agent: gpt is rate limited\. [^\n]+ \[MODEL_RATE_LIMITED\]\n$/;
    if (streams === piped) assert.match(screen.text(), said);
    else assert.match(screen.text().replace(/^Let me\n/, ''), said);
  }
});

test('Markdown is styled in a terminal with colour, and stays as it is elsewhere', async () => {
  const text = '# One\n\n- **two**';
  const written = async (machine: ReturnType<typeof environment>): Promise<string> => {
    const context = testContext({ agent: doorTo(fakeService()), environment: machine });
    await run(context, [text], {});
    return context.output.text();
  };
  const colour = environment({ variables: { NO_COLOR: '' } });
  assert.equal(
    await written(colour),
    `You said: # One\n\n\u001b[36m•\u001b[39m \u001b[1mtwo\u001b[22m\n`,
  );
  assert.equal(await written(environment()), `You said: ${text}\n`);
  assert.equal(await written(environment(piped)), `You said: ${text}\n`);
});

test('a call that was refused because nobody was there ends with 3', async () => {
  const data = { decisions: [{ decision: 'deny', rule: 'unattended' }] };
  const why = [{ at: 0, name: 'policy-decide', text: '', data }];
  const agent = doorTo(fakeService({ queries: { why } }));
  const context = testContext({ agent, environment: environment(piped) });
  assert.equal(await run(context, ['hello'], {}), 3);
  assert.equal(context.output.text(), 'You said: hello\n');
});
