import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PolicyRequest } from '@opencomputer/contracts';
import { decide } from './policy.ts';

const base: PolicyRequest = {
  call: { callId: 'c', tool: 'notes_create', arguments: { text: 'buy milk' } },
  plugin: 'notes',
  tier: 'official',
  effect: 'write',
  reach: 'own',
  origins: { text: 'user' },
  interactive: true,
  grants: [],
};

test('official code may read its own data and granted folders', () => {
  for (const reach of ['own', 'folder'] as const) {
    assert.equal(decide({ ...base, effect: 'read', reach }).rule, 'own-read');
  }
});

test('official code may write own data in the words of the person, and asks for other words', () => {
  assert.equal(decide(base).rule, 'own-write');
  const other = decide({ ...base, origins: { text: 'model' } });
  assert.equal(other.decision, 'ask');
  assert.match(other.reason, /text \(model\)/);
});

test('an exact grant covers one call with one set of arguments', () => {
  const shell = { callId: 'x', tool: 'shell_run', arguments: { command: 'ls' } };
  const request: PolicyRequest = {
    ...base,
    call: shell,
    effect: 'irreversible',
    reach: 'outside',
    grants: [{ type: 'exact', plugin: 'shell', call: shell }],
    plugin: 'shell',
  };
  assert.equal(decide(request).rule, 'granted-exact');
  const altered = { ...shell, arguments: { command: 'ls /' } };
  assert.equal(decide({ ...request, call: altered }).decision, 'ask');
});

test('what is granted is a tool of one plugin: an equally named one of another is asked about', () => {
  const call = { callId: 'x', tool: 'shell_run', arguments: { command: 'ls' } };
  const own: PolicyRequest = {
    ...base,
    plugin: 'shell',
    call,
    effect: 'irreversible',
    reach: 'outside',
    grants: [
      { type: 'tool', plugin: 'shell', tool: 'shell_run' },
      { type: 'exact', plugin: 'shell', call },
    ],
  };
  for (const grant of own.grants) {
    assert.equal(decide({ ...own, grants: [grant] }).rule, `granted-${grant.type}`);
    const other: PolicyRequest = { ...own, plugin: 'shell-', tier: 'third-party', grants: [grant] };
    assert.equal(decide(other).decision, 'ask');
    assert.equal(decide({ ...other, interactive: false }).decision, 'deny');
  }
});

test('nothing reaches outside, and no third party runs, without being asked about', () => {
  const request = fc.record<Partial<PolicyRequest>>({
    effect: fc.constantFrom('read', 'write', 'send', 'irreversible'),
    reach: fc.constantFrom('own', 'folder', 'outside'),
    tier: fc.constantFrom('builtin', 'official', 'third-party'),
    interactive: fc.boolean(),
    origins: fc.dictionary(fc.string(), fc.constantFrom('user', 'model', 'untrusted')),
  });
  fc.assert(
    fc.property(request, (change) => {
      const full = { ...base, ...change };
      const { decision } = decide(full);
      const harmless = full.effect === 'read' && full.reach !== 'outside';
      const ownWrite =
        full.effect === 'write' &&
        full.reach === 'own' &&
        Object.values(full.origins).every((origin) => origin === 'user');
      const allowed = full.tier !== 'third-party' && (harmless || ownWrite);
      assert.equal(decision, allowed ? 'allow' : full.interactive ? 'ask' : 'deny');
    }),
  );
});
