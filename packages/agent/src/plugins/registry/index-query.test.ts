import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { release } from './fixtures/registry-of-plugins.ts';
import type { CurrentIndex } from './index-client.ts';
import { parseIndex } from './index-documents.ts';
import { resolveName, searchIndexes, withdrawnReason } from './index-query.ts';

const frameworkVersion = '1.2.0';

function indexOf(registry: string, plugins: readonly object[]): CurrentIndex {
  const expires = '2026-02-01T00:00:00Z';
  const head = { type: 'opencomputer-registry-index', format: 1, version: 1, expires };
  return { registry, index: parseIndex({ ...head, plugins }, registry) };
}

const first = indexOf('one', [
  {
    name: 'calendar',
    description: 'Dates and times',
    releases: [
      release('1.0.0'),
      release('1.1.0'),
      release('1.2.0', { state: 'flagged', reason: 'slow' }),
      release('2.0.0', { framework_version: '^2' }),
      release('3.0.0', { state: 'withdrawn', reason: 'it leaked' }),
    ],
  },
]);
const second = indexOf('two', [
  { name: 'calendar', description: 'A newer one', releases: [release('9.0.0')] },
  { name: 'mail', description: 'Mail with a calendar', releases: [release('1.0.0')] },
]);
const both = [first, second];
const resolve = (range?: string, name = 'calendar'): string =>
  resolveName(both, { name, frameworkVersion, ...(range !== undefined && { range }) }).version;
const refused = (problem: RegExp) => (error: unknown) =>
  isAgentError(error, 'PLUGIN_SOURCE') && problem.test(error.message);

describe('a name', () => {
  it('is the greatest listed release that fits, by the first registry that knows it', () => {
    assert.equal(resolve(), '1.1.0');
    assert.equal(resolve('~1.0.0'), '1.0.0');
    assert.equal(resolve('*', 'mail'), '1.0.0');
  });

  it('is not taken over by a greater version in another registry', () => {
    assert.throws(() => resolve('^9'), refused(/no version within/));
  });

  it('is a flagged release only by its exact version, and never a withdrawn one', () => {
    assert.equal(resolve('1.2.0'), '1.2.0');
    assert.throws(() => resolve('3.0.0'), refused(/withdrawn: it leaked/));
    assert.throws(() => resolve('^3'), refused(/no version within/));
    assert.throws(() => resolve('2.0.0'), refused(/for framework 1\.2\.0/));
  });

  it('is unknown in words that say where it was looked for', () => {
    assert.throws(() => resolve('*', 'none'), refused(/one, two/));
    const wanted = { name: 'calendar', frameworkVersion };
    assert.throws(() => resolveName([], wanted), refused(/no registry is configured/));
  });
});

it('a search finds all the words, names first, each plugin once', () => {
  const names = (...words: string[]): string[] =>
    searchIndexes(both, words).map(({ name, registry }) => `${registry}/${name}`);
  assert.deepEqual(names('Calendar'), ['one/calendar', 'two/mail']);
  assert.deepEqual(names('calendar', 'mail'), ['two/mail']);
  assert.deepEqual(names('newer'), []);
});

it('a release is withdrawn by its digest, whatever it was added as', () => {
  assert.equal(withdrawnReason(both, `sha256:${'3'.repeat(64)}`), 'it leaked');
  assert.equal(withdrawnReason(both, `sha256:${'1'.repeat(64)}`), undefined);
});
