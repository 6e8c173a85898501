import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterOf } from './serve-cluster.ts';

const database = 'postgresql://agent@db/agent';
const empty = { cluster: {} };
const complete = { engine: 'temporal', databaseUrl: database, temporalAddress: 'temporal:7233' };

test('without --engine temporal a process is alone, and options of a cluster are refused', () => {
  assert.equal(clusterOf(empty, {}), undefined);
  assert.equal(clusterOf(empty, { engine: 'embedded' }), undefined);
  assert.throws(() => clusterOf(empty, { role: 'worker' }), { code: 'OPTION_INVALID' });
  assert.throws(() => clusterOf(empty, { databaseUrl: database }), /--database-url.*--engine/);
});

test('a variable of a cluster does not make one', () => {
  const cluster = { databaseUrl: database, temporalAddress: 'temporal:7233' };
  assert.equal(clusterOf({ cluster }, {}), undefined);
});

test('both roles are the default, one can be chosen, another is refused', () => {
  assert.deepEqual(clusterOf(empty, complete)?.roles, ['gateway', 'worker']);
  assert.deepEqual(clusterOf(empty, { ...complete, role: 'worker' })?.roles, ['worker']);
  assert.deepEqual(clusterOf(empty, { ...complete, role: 'worker, gateway' })?.roles.length, 2);
  for (const role of ['', 'boss', 'worker,boss']) {
    assert.throws(() => clusterOf(empty, { ...complete, role }), { code: 'OPTION_INVALID' });
  }
});

test('what an option does not say comes from its variable', () => {
  const cluster = { databaseUrl: database, temporalAddress: 'a:1', rootKeyFile: '/k' };
  assert.deepEqual(clusterOf({ cluster }, { engine: 'temporal', temporalAddress: 'b:2' }), {
    databaseUrl: database,
    address: 'b:2',
    rootKeyFile: '/k',
    roles: ['gateway', 'worker'],
  });
});

test('a cluster without its database or its Temporal server is refused with what is missing', () => {
  const values = { engine: 'temporal' };
  assert.throws(() => clusterOf(empty, values), /--database-url.*PostgreSQL/);
  assert.throws(() => clusterOf(empty, { ...values, databaseUrl: 'mysql://x' }), /postgresql:/);
  assert.throws(() => clusterOf(empty, { ...values, databaseUrl: database }), /HOST:PORT/);
  const wrong = { ...complete, temporalAddress: 'http://temporal:7233' };
  assert.throws(() => clusterOf(empty, wrong), /HOST:PORT/);
  assert.throws(() => clusterOf(empty, { engine: 'other' }), /embedded or temporal/);
});
