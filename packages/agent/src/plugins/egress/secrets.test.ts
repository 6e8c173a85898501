import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import type { ErrorCode } from '@opencomputer/contracts';
import { parseHost } from './host.ts';
import type { Destination } from './rules.ts';
import { DeclaredSecrets } from './secrets.ts';
import type { ReadSecret } from './secrets.ts';

const to = (host: string, more: Partial<Destination> = {}): Destination => ({
  host: parseHost(host),
  port: 443,
  isPlain: false,
  isLocal: false,
  rule: '',
  ...more,
});
const declarations = [
  { name: 'one', hosts: ['api.example.com'] },
  { name: 'two', hosts: ['*.example.org', '192.168.1.5:8123'] },
];
const read: ReadSecret = async (name) => `value of ${name}`;
const throwsCode = (run: () => unknown, code: ErrorCode, problem: RegExp): void => {
  assert.throws(run, (error) => isAgentError(error, code) && problem.test(error.message));
};

test('a value goes to the hosts that it was declared for, and nowhere else', async () => {
  const secrets = new DeclaredSecrets('probe', declarations, read);
  const here = to('api.example.com');
  const opened = await secrets.open(here);
  assert.deepEqual(opened, [{ name: 'one', value: 'value of one' }]);
  const source = secrets.sourceFor(here, opened);
  assert.equal(source('one'), 'value of one');
  throwsCode(() => source('two'), 'EGRESS_SECRET', /not declared for this host/);
  throwsCode(() => source('three'), 'EGRESS_SECRET', /not declared\./);
  const below = to('x.example.org');
  assert.equal(secrets.sourceFor(below, await secrets.open(below))('two'), 'value of two');
});

test('without TLS a value goes only to a local address that the operator granted', async () => {
  const secrets = new DeclaredSecrets('probe', declarations, read);
  const local = to('192.168.1.5', { port: 8123, isPlain: true, isLocal: true });
  assert.equal(secrets.sourceFor(local, await secrets.open(local))('two'), 'value of two');
  const notGranted = { ...local, isLocal: false };
  throwsCode(() => secrets.sourceFor(notGranted, [])('two'), 'EGRESS_SECRET', /no TLS/);
});

test('another port of the host gets no value, and is searched for it all the same', async () => {
  const secrets = new DeclaredSecrets('probe', declarations, read);
  const other = to('api.example.com', { port: 8443 });
  const opened = await secrets.open(other);
  assert.equal(opened.length, 1);
  throwsCode(() => secrets.sourceFor(other, opened)('one'), 'EGRESS_SECRET', /host and port/);
});

test('values are read for each request, and only those of its host', async () => {
  const asked: string[] = [];
  const secrets = new DeclaredSecrets('probe', declarations, async (name) => {
    asked.push(name);
    return undefined;
  });
  await secrets.open(to('other.example.net'));
  assert.deepEqual(asked, []);
  const here = to('api.example.com');
  const opened = await secrets.open(here);
  await secrets.open(here);
  assert.deepEqual(asked, ['one', 'one']);
  throwsCode(() => secrets.sourceFor(here, opened)('one'), 'EGRESS_SECRET_MISSING', /not set/);
});

test('a value that cannot be read or hidden stops the request', async () => {
  const broken: ReadSecret = async () => {
    throw new Error('the keyring said: hunter2');
  };
  for (const each of [broken, async () => 'short'])
    await assert.rejects(
      new DeclaredSecrets('probe', declarations, each).open(to('api.example.com')),
      (error) =>
        isAgentError(error, 'EGRESS_SECRET_MISSING') && !/hunter|short/.test(error.message),
    );
});

test('a secret for every host is no declaration', () => {
  throwsCode(
    () => new DeclaredSecrets('probe', [{ name: 'one', hosts: ['*'] }], read),
    'PLUGIN_MANIFEST',
    /must name its hosts/,
  );
  assert.ok(new DeclaredSecrets('probe', [], read).isEmpty);
});
