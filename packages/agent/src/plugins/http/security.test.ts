import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import { readSecurity, securityHeaders } from './security.ts';

function headers(scheme: JsonObject, declared: readonly string[]): unknown {
  const document = { components: { securitySchemes: { theKey: scheme } } };
  return securityHeaders(readSecurity(document, { security: [{ theKey: [] }] }), declared);
}

test('each kind of scheme is a header with a placeholder', () => {
  const secret = ['the-key'];
  const placeholder = '{{secret:the-key}}';
  const cases: readonly (readonly [JsonObject, readonly (readonly string[])[]])[] = [
    [{ type: 'apiKey', in: 'header', name: 'X-Key' }, [['X-Key', placeholder]]],
    [{ type: 'apiKey', in: 'cookie', name: 'sid' }, [['Cookie', `sid=${placeholder}`]]],
    [{ type: 'apiKey', in: 'query', name: 'key' }, []],
    [{ type: 'http', scheme: 'Bearer' }, [['Authorization', `Bearer ${placeholder}`]]],
    [{ type: 'http', scheme: 'basic' }, [['Authorization', `Basic ${placeholder}`]]],
    [{ type: 'http', scheme: 'digest' }, []],
    [{ type: 'oauth2', flows: {} }, [['Authorization', `Bearer ${placeholder}`]]],
    [{ type: 'mutualTLS' }, []],
  ];
  for (const [scheme, expected] of cases) assert.deepEqual(headers(scheme, secret), expected);
});

test('the only secret belongs to the only scheme; of several, the name decides', () => {
  const scheme = { type: 'apiKey', in: 'header', name: 'X-Key' };
  assert.deepEqual(headers(scheme, ['token']), [['X-Key', '{{secret:token}}']]);
  assert.deepEqual(headers(scheme, ['token', 'other']), []);
  assert.deepEqual(headers(scheme, []), []);
  const named = { ...scheme, 'x-opencomputer-secret': 'other' };
  assert.deepEqual(headers(named, ['token', 'other']), [['X-Key', '{{secret:other}}']]);
});

test('of several ways the first with all its secrets is taken', () => {
  const key = (secret: string) => ({ name: `X-${secret}`, prefix: '', secret });
  const ways = [[key('a'), key('b')], [key('a')], []];
  assert.deepEqual(securityHeaders(ways, ['a', 'c']), [['X-a', '{{secret:a}}']]);
});
