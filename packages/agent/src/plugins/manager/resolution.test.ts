import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolvePlugins } from './resolution.ts';
import type { Resolvable } from './resolution.ts';

const plugin = (
  name: string,
  provides: Record<string, string>,
  requires: Record<string, string> = {},
): Resolvable => ({
  name,
  version: '1.0.0',
  framework_version: '^0.1.0',
  provides: {
    services: Object.entries(provides).map(([service, version]) => ({
      name: service,
      version,
      operations: {},
    })),
  },
  requires: {
    services: Object.entries(requires).map(([service, version]) => ({
      name: service,
      version: version.replace('?', ''),
      optional: version.endsWith('?'),
    })),
  },
});

test('whoever provides starts before whoever requires, and others keep their order', () => {
  const { order, providers, conflicts } = resolvePlugins(
    [
      plugin('planner', {}, { calendar: '^1', mail: '^2' }),
      plugin('alone', {}),
      plugin('mail', { mail: '2.1.0' }, { contacts: '^1' }),
      plugin('home-calendar', { calendar: '1.4.0' }),
      plugin('contacts', { contacts: '1.0.0' }),
    ],
    '0.1.0',
  );
  assert.deepEqual(order, ['home-calendar', 'contacts', 'mail', 'planner', 'alone']);
  assert.deepEqual(Object.fromEntries(providers.get('planner') ?? []), {
    calendar: 'home-calendar',
    mail: 'mail',
  });
  assert.deepEqual(conflicts, []);
});

test('a service in another version is a conflict that names who has which', () => {
  const { conflicts } = resolvePlugins(
    [plugin('planner', {}, { calendar: '^2' }), plugin('old', { calendar: '1.0.0' })],
    '0.1.0',
  );
  assert.deepEqual(conflicts, [
    { plugin: 'planner', problem: 'it requires calendar@^2, and old provides calendar@1.0.0' },
  ]);
});

test('a service that nobody provides is a conflict unless it is optional', () => {
  const strict = resolvePlugins([plugin('planner', {}, { calendar: '^1' })], '0.1.0');
  assert.match(strict.conflicts[0]?.problem ?? '', /no installed plugin provides calendar/);
  const relaxed = resolvePlugins([plugin('planner', {}, { calendar: '^1?' })], '0.1.0');
  assert.deepEqual(relaxed.conflicts, []);
});

test('no plugin answers for its own requirement', () => {
  const own = plugin('both', { calendar: '1.0.0' }, { calendar: '^1' });
  assert.equal(resolvePlugins([own], '0.1.0').conflicts.length, 1);
});

test('a circle is refused by the names in it, once, and the others still have an order', () => {
  const { order, conflicts } = resolvePlugins(
    [
      plugin('outside', {}, { a: '^1' }),
      plugin('one', { a: '1.0.0' }, { b: '^1' }),
      plugin('two', { b: '1.0.0' }, { c: '^1' }),
      plugin('three', { c: '1.0.0' }, { a: '^1' }),
    ],
    '0.1.0',
  );
  assert.deepEqual(
    conflicts.map(({ problem }) => problem),
    ['plugins require each other in a circle: one → two → three → one'],
  );
  assert.deepEqual(new Set(order), new Set(['outside', 'one', 'two', 'three']));
});

test('a plugin for another framework is a conflict', () => {
  const { conflicts } = resolvePlugins([plugin('one', {})], '0.2.0');
  assert.match(conflicts[0]?.problem ?? '', /\^0\.1\.0, and this is 0\.2\.0/);
});
