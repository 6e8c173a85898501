import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import type { Clock } from '@opencomputer/contracts';
import { clearSocket, reachSocket } from './plugin-socket.ts';

function folder(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'grpc-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

test('a socket is waited for until somebody listens', async (context) => {
  const path = join(folder(context), 's');
  const server = createServer((socket) => socket.end());
  context.after(() => server.close());
  let waits = 0;
  const clock: Clock = {
    ...createFakeClock(),
    after: (_, run) => {
      waits += 1;
      server.listen(path, run);
      return () => undefined;
    },
  };
  const socket = await reachSocket(path, clock, new AbortController().signal);
  socket.resume();
  // Its end may have come before anybody could wait for it.
  if (!socket.closed) await once(socket, 'close');
  assert.equal(waits, 1);
});

test('the end of the signal ends the wait', async (context) => {
  const controller = new AbortController();
  const path = join(folder(context), 's');
  const clock: Clock = {
    ...createFakeClock(),
    after: () => {
      queueMicrotask(() => controller.abort(new Error('too late')));
      return () => undefined;
    },
  };
  await assert.rejects(reachSocket(path, clock, controller.signal), { message: 'too late' });
});

test('a link to a socket of somebody else is not followed, nor is a file taken for one', async (context) => {
  const directory = folder(context);
  const server = createServer(() => assert.fail('it was reached')).listen(join(directory, 'other'));
  context.after(() => server.close());
  await once(server, 'listening');
  symlinkSync('other', join(directory, 'link'));
  writeFileSync(join(directory, 'file'), '');
  const { signal } = new AbortController();
  for (const name of ['link', 'file']) {
    const reached = reachSocket(join(directory, name), createFakeClock(), signal);
    await assert.rejects(reached, /made in place of its socket/);
  }
});

test('place is made for a socket; a path that is too long for one is said', async (context) => {
  const path = join(folder(context), 's');
  writeFileSync(path, '');
  await clearSocket(path);
  assert.equal(existsSync(path), false);
  await assert.rejects(clearSocket(`/${'x'.repeat(103)}`), /longer than 103 bytes/);
});
