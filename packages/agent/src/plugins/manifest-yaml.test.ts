import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import { parseManifest } from './manifest-yaml.ts';

const valid = `name: notes
version: 1.0.0
framework_version: ^0.1.0
description: Keeps notes.
runtime: node
provides:
  tools:
    - name: notes_add
      description: Adds a note.
      input: { type: object, properties: { anything: { type: string } } }
      effect: write
`;

function problemOf(text: string): string {
  try {
    parseManifest(text, 'manifest.yaml');
  } catch (error) {
    assert.ok(error instanceof AgentError);
    assert.equal(error.code, 'PLUGIN_MANIFEST');
    return error.message;
  }
  return 'none';
}

test('a valid manifest has its defaults and no warning', () => {
  const { manifest, warnings } = parseManifest(valid, 'manifest.yaml');
  assert.deepEqual(warnings, []);
  assert.equal(manifest.resources.idleMs, 60_000);
  assert.equal(manifest.provides.tools[0]?.timeoutMs, 30_000);
});

test('an unknown key, however deep, is a warning with its line and the nearest known key', () => {
  const text = `${valid}      timeoutMS: 5\nresource: {}\nwhatever: 1\n`;
  const { manifest, warnings } = parseManifest(text, 'manifest.yaml');
  assert.equal(manifest.name, 'notes');
  assert.deepEqual(warnings, [
    'manifest.yaml:12: unknown key "provides.tools.0.timeoutMS"; did you mean "timeoutMs"?',
    'manifest.yaml:13: unknown key "resource"; did you mean "resources"?',
    'manifest.yaml:14: unknown key "whatever"',
  ]);
});

test('a wrong value names file, line, key and what was expected', () => {
  assert.match(
    problemOf(valid.replace('effect: write', 'effect: maybe')),
    /^manifest\.yaml:11: provides\.tools\.0\.effect: .*"read"\|"write"/,
  );
  assert.match(
    problemOf(valid.replace('name: notes\n', 'name: Notes\n')),
    /^manifest\.yaml:1: name/,
  );
  assert.match(problemOf(valid.replace('runtime: node\n', '')), /^manifest\.yaml:1: runtime/);
});

test('text that is not YAML, or not a mapping, is refused with its line', () => {
  assert.match(problemOf(`${valid}  - [`), /^manifest\.yaml:\d+: /);
  assert.match(problemOf('just a text'), /^manifest\.yaml:1: the manifest: /);
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
    .split('')
    .map((name, at) => `${name}: &${name} [${`*${'abcdefg'[at]},`.repeat(9)}]`)
    .join('\n')}\n`;
  assert.match(problemOf(bomb), /^manifest\.yaml/);
});
