import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requirement } from '@opencomputer/testkit';
import { assertParsed } from '../fixtures/parsed.ts';
import { proxyProbes } from './proxy.ts';

if (requirement('python') !== undefined) {
  test('each program is one that its language reads', () => {
    assert.ok(proxyProbes.length > 0);
    assertParsed(proxyProbes);
  });
}
