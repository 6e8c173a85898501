import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { openEnvelope, readEnvelope } from './envelope.ts';
import { startKeys } from './fixtures/keys.ts';
import type { Keys } from './fixtures/keys.ts';
import { calendar, release } from './fixtures/registry-of-plugins.ts';
import {
  indexJsonSchema,
  indexPayloadType,
  parseIndex,
  rootPayloadType,
  signRegistryDocument,
} from './index-documents.ts';

const refused = (error: unknown): boolean => isAgentError(error, 'PLUGIN_INDEX');
const expires = '2026-02-01T00:00:00Z';
const index = {
  type: 'opencomputer-registry-index',
  format: 1,
  version: 1,
  expires,
  plugins: [calendar],
};
let keys: Keys;
before(async () => {
  keys = await startKeys();
});
after(() => keys.close());

describe('a document of a registry', () => {
  it('is signed as what it is', async () => {
    const [one, two] = [await keys.key('one'), await keys.key('two')];
    const root = {
      type: 'opencomputer-registry-root',
      format: 1,
      version: 1,
      expires,
      roles: {
        root: { keys: [one.publicKey], threshold: 1 },
        index: { keys: [two.publicKey], threshold: 1 },
      },
    };
    const signers = { keys: [one.publicKey], threshold: 1, reference: 'it' };
    for (const [value, payloadType] of [
      [root, rootPayloadType],
      [index, indexPayloadType],
    ] as const) {
      const envelope = readEnvelope(signRegistryDocument(value, [one]), 'it');
      const payload = openEnvelope(envelope, { ...signers, payloadType });
      assert.deepEqual(JSON.parse(payload.toString()), value);
    }
  });

  it('is refused unsigned when it is wrong', async () => {
    const one = await keys.key('one');
    for (const wrong of [{}, { ...index, expires: 'soon' }, { ...index, plugins: [{}] }]) {
      assert.throws(() => signRegistryDocument(wrong, [one]), refused);
    }
  });

  it('says why a release is flagged or withdrawn', () => {
    const withState = (change: object): object => ({
      ...index,
      plugins: [{ ...calendar, releases: [release('1.0.0', change)] }],
    });
    assert.throws(() => parseIndex(withState({ state: 'withdrawn' }), 'it'), refused);
    const reason = 'it sent data elsewhere';
    const parsed = parseIndex(withState({ state: 'withdrawn', reason }), 'it');
    assert.equal(parsed.plugins[0]?.releases[0]?.reason, reason);
  });

  it('has a published form', () => {
    const { properties } = indexJsonSchema() as { properties: object };
    const members = ['type', 'format', 'version', 'expires', 'plugins'];
    assert.deepEqual(Object.keys(properties), members);
  });
});
