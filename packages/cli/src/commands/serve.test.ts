import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServeOptions, Serving } from '../command-context.ts';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import { testContext } from '../fixtures/surroundings.ts';
import { serve } from './serve.ts';

const daemon = (): {
  readonly seen: ServeOptions[];
  readonly started: Promise<void>;
  readonly ask: () => void;
  readonly serve: (options: ServeOptions) => Promise<Serving>;
  isStopped: () => boolean;
} => {
  const seen: ServeOptions[] = [];
  const started = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  let stopped = false;
  return {
    seen,
    started: started.promise,
    ask: asked.resolve,
    isStopped: () => stopped,
    serve: async (options) => {
      seen.push(options);
      started.resolve();
      return {
        url: 'http://127.0.0.1:7',
        stopAsked: asked.promise,
        stop: async () => {
          stopped = true;
        },
      };
    },
  };
};

test('one line says that it is ready, and Ctrl-C ends it in order', async () => {
  const running = daemon();
  const context = testContext({ agent: { ...doorTo(fakeService()), serve: running.serve } });
  const code = serve(context, [], { port: '0' });
  await running.started;
  context.interrupt();
  assert.equal(await code, 0);
  assert.equal(context.output.text(), 'ready http://127.0.0.1:7\n');
  assert.equal(running.seen[0]?.port, 0);
  assert.equal(running.isStopped(), true);
});

test('a command can ask it to stop', async () => {
  const running = daemon();
  const context = testContext({ agent: { ...doorTo(fakeService()), serve: running.serve } });
  const code = serve(context, [], {});
  await running.started;
  running.ask();
  assert.equal(await code, 0);
  assert.equal(running.seen[0] && 'port' in running.seen[0], false);
});

test('a port that is none is refused', async () => {
  const context = testContext({ agent: doorTo(fakeService()) });
  for (const port of ['http', '-1', '65536', '1.5', '']) {
    await assert.rejects(serve(context, [], { port }), { code: 'OPTION_INVALID' });
  }
});
