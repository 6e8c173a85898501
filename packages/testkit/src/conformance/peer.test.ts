import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { Peer } from './peer.ts';

/** A process on Node that runs a script with each line as `line`, and `say` to answer. */
function peerOf(script: string): Peer {
  const start = `
    const say = (message) => console.log(JSON.stringify({ jsonrpc: '2.0', ...message }));
    require('readline').createInterface({ input: process.stdin }).on('line', (line) => {${script}});`;
  return new Peer({
    command: process.execPath,
    arguments: ['-e', start],
    directory: tmpdir(),
    environment: { SHOWN: 'yes' },
  });
}

test('answers go to their questions, and what is no message is kept apart', async (t) => {
  const peer = peerOf(`
    const { id, method } = JSON.parse(line);
    console.log('stray');
    if (method === 'ask') say({ id, result: { shown: process.env.SHOWN, home: process.env.HOME } });
    else say({ id, error: { code: -1 } });`);
  t.after(() => peer.kill());
  assert.deepEqual(await peer.result('ask', {}), { shown: 'yes' });
  assert.equal(await peer.errorCode('other', {}), -1);
  assert.deepEqual(peer.strays, ['stray', 'stray']);
  assert.deepEqual(await peer.end(), [0, null]);
});

test('a process that ends fails what waits for it, with the end of its log', async () => {
  const peer = peerOf(`console.error('no such luck'); process.exit(7);`);
  await assert.rejects(peer.ask('any', {}), /closed its output; its log ends: no such luck/);
});

test('the end of a cancelled call is heard', async (t) => {
  const peer = peerOf(`
    const { method, params } = JSON.parse(line);
    if (method === 'cancel') say({ method: 'notifications/opencomputer/stopped', params });`);
  t.after(() => peer.kill());
  const stopped = peer.stopped(peer.nextId);
  peer.notify('cancel', { requestId: peer.nextId });
  await stopped;
});
