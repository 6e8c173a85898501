import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { startDaemon } from './daemon.ts';
import type { DaemonOptions } from './daemon.ts';
import {
  ask,
  message,
  scriptedService,
  SteppedClock,
  temporaryFolder,
} from './fixtures/scripted-service.ts';
import { connectAgent } from './remote-agent.ts';

function options(context: TestContext, more: Partial<DaemonOptions> = {}): DaemonOptions {
  const folder = temporaryFolder(context);
  return {
    service: scriptedService(),
    socketPath: join(folder, 'agent.sock'),
    keyPath: join(folder, 'api.key'),
    version: '1.2.3',
    person: 'owner',
    timeZone: 'UTC',
    conversationFor: (user) => user,
    clock: new SteppedClock(),
    identifiers: () => 'id',
    onFault: () => undefined,
    ...more,
  };
}

test('the key in the file opens the port, and a stop reaches the agent before the gateway is closed', async (context) => {
  let isSocketThere: boolean | undefined;
  const given = options(context, { port: 0 });
  const stop = async (): Promise<void> => {
    isSocketThere = existsSync(given.socketPath);
  };
  const daemon = await startDaemon({ ...given, service: scriptedService({ stop }) });
  assert.equal(statSync(given.keyPath).mode & 0o777, 0o600);
  const authorization = `Bearer ${readFileSync(given.keyPath, 'utf8').trim()}`;
  const at = { url: daemon.url, socketPath: given.socketPath };
  const answer = await ask(at, { body: message('hi'), headers: { authorization } });
  assert.equal(answer.status, 200);
  assert.equal(isSocketThere, undefined);
  await daemon.stop();
  assert.equal(isSocketThere, true, 'no turn begins while the gateway still answers');
  assert.equal(existsSync(given.socketPath), false);
});

test('without a port the address is the socket, over which it can be asked to stop', async (context) => {
  const given = options(context);
  const daemon = await startDaemon(given);
  assert.equal(daemon.url, given.socketPath);
  const agent = await connectAgent(given.socketPath);
  await agent?.stopDaemon();
  await daemon.stopAsked;
  await agent?.stop();
  await daemon.stop();
});

test('a gateway that cannot start leaves no agent open', async (context) => {
  let stops = 0;
  const stop = async (): Promise<void> => {
    stops += 1;
  };
  const starting = startDaemon(options(context, { port: -1, service: scriptedService({ stop }) }));
  await assert.rejects(starting, { code: 'OPTION_INVALID' });
  assert.equal(stops, 1);
});
