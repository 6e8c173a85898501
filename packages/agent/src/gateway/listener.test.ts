import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, lstatSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { temporaryFolder } from './fixtures/scripted-service.ts';
import { listenOnPort, listenOnSocket } from './listener.ts';

function server(context: TestContext): Server {
  const made = createServer((_request, response) => response.end('here'));
  context.after(() => made.close());
  return made;
}

test('the socket file can be opened by its owner only', async (context) => {
  const path = join(temporaryFolder(context), 'agent.sock');
  await listenOnSocket(server(context), path);
  assert.equal(lstatSync(path).mode & 0o777, 0o600);
});

test('a folder that lets others in is refused', async (context) => {
  const folder = temporaryFolder(context);
  chmodSync(folder, 0o750);
  const listening = listenOnSocket(server(context), join(folder, 'agent.sock'));
  await assert.rejects(listening, { code: 'STORE_UNREADABLE' });
  assert.equal(existsSync(join(folder, 'agent.sock')), false);
});

test('a socket file that a killed process left is replaced', async (context) => {
  const path = join(temporaryFolder(context), 'agent.sock');
  const program = `require('node:net').createServer().listen(process.argv[1], () => console.log())`;
  const child = spawn(process.execPath, ['-e', program, path]);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.ok(lstatSync(path).isSocket());
  await listenOnSocket(server(context), path);
});

test('a socket file on which somebody answers is left alone', async (context) => {
  const path = join(temporaryFolder(context), 'agent.sock');
  const first = server(context);
  await listenOnSocket(first, path);
  await assert.rejects(listenOnSocket(server(context), path), { code: 'STORE_LOCKED' });
  assert.ok(first.listening && lstatSync(path).isSocket());
});

test('a file that is no socket is never removed', async (context) => {
  const path = join(temporaryFolder(context), 'agent.sock');
  writeFileSync(path, 'precious');
  await assert.rejects(listenOnSocket(server(context), path), { code: 'STORE_UNREADABLE' });
  assert.ok(lstatSync(path).isFile());
});

test('a path that the platform would cut short is refused', async (context) => {
  const path = join(temporaryFolder(context), 'x'.repeat(100), 'agent.sock');
  await assert.rejects(listenOnSocket(server(context), path), /more than 103/);
});

test('a port is taken, free, or wrong', async (context) => {
  const url = await listenOnPort(server(context), { host: '127.0.0.1', port: 0 });
  const port = Number(new URL(url).port);
  assert.equal(await (await fetch(url)).text(), 'here');
  const again = listenOnPort(server(context), { host: '127.0.0.1', port });
  await assert.rejects(again, { code: 'PORT_TAKEN', message: `Port ${port} is in use.` });
  for (const wrong of [-1, 65_536, 1.5, Number.NaN]) {
    const listening = listenOnPort(server(context), { host: '127.0.0.1', port: wrong });
    await assert.rejects(listening, { code: 'OPTION_INVALID' });
  }
});

test('an address of a network is refused', async (context) => {
  for (const host of ['0.0.0.0', '::', '192.168.1.2', 'example.org', '']) {
    const listening = listenOnPort(server(context), { host, port: 0 });
    await assert.rejects(listening, { code: 'OPTION_INVALID' });
  }
});
