import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { parseHost } from './host.ts';
import { followRedirect, isRedirect } from './redirect.ts';

const from = (method = 'GET', isPlain = false) => ({
  destination: {
    host: parseHost('api.example.com'),
    port: isPlain ? 80 : 443,
    isPlain,
    isLocal: false,
    rule: '',
  },
  path: '/a/b?c',
  method,
});

test('five statuses with a place are redirects', () => {
  const followed = Array.from({ length: 400 }, (_, status) => status).filter((status) =>
    isRedirect(status, '/x'),
  );
  assert.deepEqual(followed, [301, 302, 303, 307, 308]);
  assert.ok(!isRedirect(302, undefined));
  assert.ok(!isRedirect(undefined, '/x'));
});

test('the method and the body go on by the rules of fetch', () => {
  const next = (status: number, method: string) => {
    const { method: after, keepsBody } = followRedirect(from(method), { status, location: '/x' });
    return `${after}${keepsBody ? ' with body' : ''}`;
  };
  assert.equal(next(301, 'POST'), 'GET');
  assert.equal(next(302, 'POST'), 'GET');
  assert.equal(next(303, 'PUT'), 'GET');
  assert.equal(next(303, 'HEAD'), 'HEAD with body');
  assert.equal(next(302, 'PUT'), 'PUT with body');
  assert.equal(next(307, 'POST'), 'POST with body');
  assert.equal(next(308, 'DELETE'), 'DELETE with body');
});

test('places are read against where the answer came from, by the one reading of hosts', () => {
  const place = (location: string, isPlain = false) => {
    const { request, path } = followRedirect(from('GET', isPlain), { status: 302, location });
    return `${request.way} ${request.host.name}:${request.port ?? ''} ${path}`;
  };
  assert.equal(place('/x?y'), 'https api.example.com: /x?y');
  assert.equal(place('x'), 'https api.example.com: /a/x');
  assert.equal(place('/x', true), 'http api.example.com: /x');
  assert.equal(place('//Evil.COM./x'), 'https evil.com: /x');
  assert.equal(place('http://evil.com:8080'), 'http evil.com:8080 /');
  assert.equal(place('https://0x7f.1/'), 'https 127.0.0.1: /');
  assert.equal(place('\\\\evil.com/'), 'https evil.com: /');
  assert.equal(place('https://[::ffff:7f00:1]/'), 'https ::ffff:7f00:1: /');
});

test('other schemes and user names are not followed', () => {
  const schemes = ['file:///etc/passwd', 'gopher://x/', 'javascript:1', 'data:,x', 'ws://x/'];
  for (const location of [
    ...schemes,
    'https://u@x.com/',
    'https://:p@x.com',
    'https://[',
    'unix:/x',
  ])
    assert.throws(
      () => followRedirect(from(), { status: 302, location }),
      (error) => isAgentError(error, 'EGRESS_REDIRECT'),
      location,
    );
});
