import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { formatOciReference, parseOciReference } from './oci-reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

for (const text of [
  'ghcr.io/owner/name',
  'localhost/name:tag',
  'localhost:5000/a/b/c__d:V1.0',
  `example.org/a@${digest}`,
  `example.org/a:1@${digest}`,
  '[::1]:5000/a:1',
]) {
  it(`reads ${text} and writes it again`, () => {
    assert.equal(formatOciReference(parseOciReference(text)), text);
  });
}

const refused = [
  '',
  'name:tag',
  'owner/name',
  'ghcr.io/Owner/name',
  'ghcr.io/../name',
  'ghcr.io/a//b',
  'ghcr.io/a:',
  'ghcr.io/a@sha256:12',
  'ghcr.io/a?x=1',
  'user@ghcr.io/a',
  'https://ghcr.io/a',
  'ghcr.io:port/a',
];
for (const text of refused) {
  it(`refuses ${JSON.stringify(text)}`, () => {
    assert.throws(
      () => parseOciReference(text),
      (error) => isAgentError(error, 'PLUGIN_SOURCE'),
    );
  });
}
