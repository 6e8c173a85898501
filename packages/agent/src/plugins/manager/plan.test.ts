import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shelfManifest } from './fixtures/shelf.ts';
import { refuseLoss, refuseMisfit } from './plan.ts';

const calendar = shelfManifest('calendar', '1.0.0', {
  provides: { services: [{ name: 'calendar', version: '1.0.0', operations: {} }] },
});
const planner = shelfManifest('planner', '1.0.0', {
  requires: { services: [{ name: 'calendar', version: '^1' }] },
});
const beside = { official: [calendar], installed: [planner], frameworkVersion: '0.1.0' };

test('an old misfit of others does not stop a new plugin', () => {
  const alone = { ...beside, official: [] };
  refuseMisfit(shelfManifest('dice', '1.0.0'), alone);
  assert.throws(() => refuseMisfit(planner, { ...alone, installed: [] }), {
    code: 'PLUGIN_CONFLICT',
  });
});

test('an update that drops a service that another one requires is refused by its name', () => {
  const installed = [{ ...calendar, name: 'home' }, planner];
  const dropped = shelfManifest('home', '2.0.0');
  const given = { official: [], installed, frameworkVersion: '0.1.0' };
  assert.throws(() => refuseMisfit(dropped, given), /planner does not fit/);
});

test('a plugin for another framework is refused', () => {
  const future = shelfManifest('future', '1.0.0', { framework_version: '^0.9.0' });
  assert.throws(() => refuseMisfit(future, beside), /\^0\.9\.0, and this is 0\.1\.0/);
});

test('a plugin that nobody needs may go', () => {
  refuseLoss('planner', beside);
  const added = { ...beside, official: [], installed: [calendar, planner] };
  assert.throws(() => refuseLoss('calendar', added), /planner does not fit: without calendar/);
});

test('a plugin that took the place of an official one may go, since that one comes back', () => {
  refuseLoss('calendar', { ...beside, installed: [calendar, planner] });
});
