import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorText, identityOf, legalName, legalVersion, shortened } from './identity.ts';
import { ImportReport } from './imported-plugin.ts';

test('names become lower-case words with -', () => {
  assert.equal(legalName('My Café_Plugin'), 'my-cafe-plugin');
  assert.equal(legalName('acme.tools'), 'acme-tools');
  assert.equal(legalName('codeReview'), 'code-review');
  assert.equal(legalName('3d--print'), 'd-print');
  assert.equal(legalName('天気', 'server'), 'server');
  assert.equal(legalName('a'.repeat(80)).length, 64);
});

test('versions are completed, and what is none is no version', () => {
  assert.equal(legalVersion('1.2'), '1.2.0');
  assert.equal(legalVersion('v2'), '2.0.0');
  assert.equal(legalVersion('1.2.3-beta.1+build.5'), '1.2.3-beta.1');
  assert.equal(legalVersion('latest'), undefined);
});

test('text is cut at its limit without half a character', () => {
  assert.equal(shortened(' a\n b ', 10), 'a b');
  assert.equal(shortened('aaa😀bbb', 5), 'aaa…');
});

test('every change of an identity is said', () => {
  const report = new ImportReport();
  const identity = identityOf(
    { name: 'My Plugin', version: 'next', description: '', homepage: 'http://a.org' },
    report,
  );
  assert.equal(identity.name, 'my-plugin');
  assert.equal(identity.version, '0.0.0');
  assert.equal(identity.description, 'The plugin my-plugin.');
  assert.equal(identity.homepage, undefined);
  assert.equal(report.warnings.length, 3);
  const silent = new ImportReport();
  identityOf({ name: 'notes', version: '1.0.0', homepage: 'https://a.org' }, silent);
  assert.deepEqual(silent.warnings, []);
});

test('an author is a name with an address', () => {
  assert.deepEqual(authorText({ name: 'A', email: 'a@b.org' }), ['A <a@b.org>']);
  assert.deepEqual(authorText({ email: 'a@b.org' }), ['a@b.org']);
  assert.deepEqual(authorText({}), []);
});
