import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requirement } from '@opencomputer/testkit';
import { assertParsed } from '../fixtures/parsed.ts';
import { processProbes } from './processes.ts';

if (requirement('python') !== undefined) {
  test('each program is one that its language reads', () => {
    assert.ok(processProbes.length > 0);
    assertParsed(processProbes);
  });
}
