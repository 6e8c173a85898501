import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { openEnvelope, readEnvelope, signEnvelope } from './envelope.ts';
import { startKeys } from './fixtures/keys.ts';
import type { Keys } from './fixtures/keys.ts';

const refused = (error: unknown): boolean => isAgentError(error, 'PLUGIN_SIGNATURE');
const payload = Buffer.from('{"a":1}');
const payloadType = 'text/a';
const reference = 'a';
let keys: Keys;
before(async () => {
  keys = await startKeys();
});
after(() => keys.close());

describe('an envelope', () => {
  const open = (text: string, of: readonly string[], more: object = {}): Buffer => {
    const expected = { payloadType, keys: of, threshold: 1, reference, ...more };
    return openEnvelope(readEnvelope(text, reference), expected);
  };

  it('is opened by those whose signatures are needed', async () => {
    const [one, two] = [await keys.key('one'), await keys.key('two')];
    const text = signEnvelope(payloadType, payload, [one, two]);
    assert.deepEqual(open(text, [one.publicKey]), payload);
    assert.deepEqual(open(text, [one.publicKey, two.publicKey], { threshold: 2 }), payload);
  });

  it('is refused with an altered payload, an altered type, another key', async () => {
    const [one, two] = [await keys.key('one'), await keys.key('two')];
    const text = signEnvelope(payloadType, payload, [one]);
    const altered = text.replace(payload.toString('base64'), btoa('{"a":2}'));
    assert.throws(() => open(altered, [one.publicKey]), refused);
    assert.throws(() => open(text.replace('text/a', 'text/b'), [one.publicKey]), refused);
    const renamed = text.replace('text/a', 'text/b');
    assert.throws(() => open(renamed, [one.publicKey], { payloadType: 'text/b' }), refused);
    assert.throws(() => open(text, [two.publicKey]), refused);
    assert.throws(() => open(text, []), refused);
    assert.throws(() => open(text, [one.publicKey], { threshold: 0 }), refused);
  });

  it('counts a key once, however often it signed', async () => {
    const [one, two] = [await keys.key('one'), await keys.key('two')];
    const text = signEnvelope(payloadType, payload, [one, one]);
    assert.throws(() => open(text, [one.publicKey, two.publicKey], { threshold: 2 }), refused);
  });

  it('is bound to its own length: what moves between type and payload is refused', async () => {
    const one = await keys.key('one');
    const text = signEnvelope('a', Buffer.from('1 b'), [one]);
    const moved = text.replace('"a"', '"a 3 1"').replace(btoa('1 b'), btoa('b'));
    assert.throws(() => open(moved, [one.publicKey], { payloadType: 'a 3 1' }), refused);
  });

  for (const text of ['', '[]', '{}', '{"payloadType":"a","payload":"!","signatures":[]}']) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.throws(() => readEnvelope(text, reference), refused);
    });
  }

  it('has no signatures without end, and none that is damaged', async () => {
    const one = await keys.key('one');
    const many = signEnvelope(
      payloadType,
      payload,
      Array.from({ length: 51 }, () => one),
    );
    assert.throws(() => readEnvelope(many, reference), refused);
    const damaged = signEnvelope(payloadType, payload, [one]).replace(/"sig":"."?/, '"sig":"!');
    assert.throws(() => readEnvelope(damaged, reference), refused);
  });
});
