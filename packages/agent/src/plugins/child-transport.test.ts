import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { ChildTransport } from './child-transport.ts';
import { systemClock } from './fixtures/harness.ts';

function transportOf(script: string): ChildTransport {
  const command = process.execPath;
  const specification = {
    command,
    arguments: ['-e', script],
    environment: {},
    directory: tmpdir(),
    lineBytesMax: 1_000,
  };
  return new ChildTransport(specification, systemClock);
}

test('messages pass, lines that are none are ignored, and the end says why', async () => {
  const transport = transportOf(`console.log('noise');
    process.stdin.on('data', (d) => process.stdout.write(d)); process.stdin.on('end', () =>
    process.exit(2))`);
  const received = Promise.withResolvers<unknown>();
  const closed = Promise.withResolvers<void>();
  transport.onmessage = (message) => received.resolve(message);
  transport.onclose = () => closed.resolve();
  const message = { jsonrpc: '2.0', method: 'notifications/x' } as const;
  await assert.rejects(transport.send(message), /not running/);
  await transport.start();
  await transport.send(message);
  assert.deepEqual(await received.promise, message);
  await transport.close();
  await closed.promise;
  assert.equal(transport.problem, 'exit code 2');
  await assert.rejects(transport.send(message), /exit code 2/);
});

test('garbage without end, and one message without end, are the end of a server', async () => {
  for (const noise of [`'not a message\\n'.repeat(10)`, `'x'.repeat(10_000)`]) {
    const transport = transportOf(`setInterval(() => process.stdout.write(${noise}.repeat(100)))`);
    const closed = Promise.withResolvers<void>();
    transport.onclose = () => closed.resolve();
    await transport.start();
    await closed.promise;
    assert.match(transport.problem, /SIGKILL|too long/);
  }
});
