import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { startRegistryOfPlugins } from './fixtures/registry-of-plugins.ts';
import { acceptFirstRoot, acceptIndex, acceptNextRoot } from './index-trust.ts';

const registry = 'it';
const refused = (error: unknown): boolean => isAgentError(error, 'PLUGIN_INDEX');

it('a root is believed by two generations of keys, an index by the root', async () => {
  const made = await startRegistryOfPlugins();
  try {
    const { publicKey } = await made.keys.key('root');
    const by = { keys: [publicKey], threshold: 1, version: 1, registry };
    const first = acceptFirstRoot(await made.root(1), by);
    const rotated = { root: ['next'], signers: ['root', 'next'], index: ['index-2'] };
    const second = acceptNextRoot(await made.root(2, rotated), first, registry);
    assert.equal(second.version, 2);
    assert.throws(() => acceptFirstRoot('{}', by), refused);

    const at = { now: made.clock.now(), registry };
    const text = await made.index(3, { signers: ['index-2'] });
    const trusted = acceptIndex(text, second, at);
    assert.equal(trusted.version, 3);
    assert.deepEqual(acceptIndex(text, second, { ...at, known: trusted }), trusted);
    assert.throws(() => acceptIndex(text, first, at), refused);
    const older = await made.index(2, { signers: ['index-2'] });
    assert.throws(() => acceptIndex(older, second, { ...at, known: trusted }), refused);
  } finally {
    await made.close();
  }
});
