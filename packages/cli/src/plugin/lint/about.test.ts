import assert from 'node:assert/strict';
import { test } from 'node:test';
import { about } from './about.ts';
import { brief, subject } from './fixtures/subject.ts';

test('a licence, a README and a range that takes this version are asked for', () => {
  assert.deepEqual(brief(about, subject()), []);
  const { directory, manifest } = subject({ framework_version: '^9.0.0' });
  const { licence: _, ...unlicensed } = manifest;
  const poor = { directory, manifest: unlicensed, files: [] };
  assert.deepEqual(brief(about, poor), [
    'framework-version at framework_version',
    'about-licence at ',
    'about-readme at ',
  ]);
});
