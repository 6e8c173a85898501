import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machine } from './fixtures/enclosed.ts';
import { listenInNamespace, PROXY_ENVIRONMENT } from './namespace-listener.ts';

const entry = {
  nsenter: machine.programs.nsenter ?? '/nowhere/nsenter',
  node: process.execPath,
  processId: 2 ** 22 + 1,
  entersUserNamespace: false,
};

test('a namespace that cannot be entered is a refusal that says why', async () => {
  await assert.rejects(listenInNamespace(entry), /ENOENT|No such file|has no proxy/);
  await assert.rejects(listenInNamespace({ ...entry, nsenter: '/nowhere/nsenter' }), /ENOENT/);
});

test('what ends without handing over its socket is a refusal', async () => {
  await assert.rejects(listenInNamespace({ ...entry, nsenter: '/bin/true' }), /has no proxy/);
});

test('every program that knows proxies is sent to the one port, with no exception', () => {
  assert.equal(PROXY_ENVIRONMENT['HTTPS_PROXY'], 'http://127.0.0.1:3128');
  assert.equal(PROXY_ENVIRONMENT['NO_PROXY'], '');
});
