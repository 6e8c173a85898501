import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAgentError } from '@opencomputer/contracts';
import type { ErrorCode } from '@opencomputer/contracts';
import { parseAuthority } from './host.ts';
import { covers, HostRules, parseRules, sameAuthority } from './rules.ts';
import type { Request } from './rules.ts';

const fails = (run: () => unknown, code: ErrorCode, text?: string): void => {
  assert.throws(run, (error) => isAgentError(error, code), text);
};
const ask = (way: Request['way'], text: string): Request => ({ ...parseAuthority(text), way });

function verdict(rules: HostRules, way: Request['way'], text: string): string {
  try {
    const { port, isPlain, isLocal } = rules.destination(ask(way, text));
    return `${isPlain ? 'plain' : 'tls'} ${port}${isLocal ? ' local' : ''}`;
  } catch (error) {
    assert.ok(isAgentError(error));
    return error.code;
  }
}

test('a rule covers its name, what is below it, or every public host, on its ports', () => {
  const hosts = ['api.example.com', '*.example.org', 'other.example.com:8443'];
  const rules = new HostRules('probe', hosts, []);
  const cases: readonly (readonly [Request['way'], string, string])[] = [
    ['http', 'api.example.com', 'tls 443'],
    ['http', 'api.example.com:80', 'tls 443'],
    ['https', 'api.example.com', 'tls 443'],
    ['http', 'api.example.com:443', 'tls 443'],
    ['http', 'api.example.com:8443', 'EGRESS_HOST'],
    ['https', 'api.example.com:80', 'EGRESS_HOST'],
    ['http', 'other.example.com:8443', 'tls 8443'],
    ['http', 'other.example.com', 'EGRESS_HOST'],
    ['http', 'x.example.org', 'tls 443'],
    ['http', 'x.y.example.org', 'tls 443'],
    ['http', 'example.org', 'EGRESS_HOST'],
    ['http', 'badexample.org', 'EGRESS_HOST'],
    ['http', 'api.example.com.evil.net', 'EGRESS_HOST'],
    ['http', 'evil.net', 'EGRESS_HOST'],
    ['http', '93.184.216.34', 'EGRESS_HOST'],
    ['tunnel', 'api.example.com:443', 'tls 443'],
    ['tunnel', 'api.example.com:80', 'tls 80'],
    ['tunnel', 'api.example.com:22', 'EGRESS_HOST'],
    ['tunnel', 'api.example.com', 'EGRESS_HOST'],
    ['tunnel', 'other.example.com:8443', 'tls 8443'],
    ['tunnel', 'other.example.com:443', 'EGRESS_HOST'],
  ];
  for (const [way, host, expected] of cases)
    assert.equal(verdict(rules, way, host), expected, `${way} ${host}`);
});

test('without TLS only where the rule says http://, and TLS when another rule has the host', () => {
  const rules = new HostRules('probe', ['http://old.example.com', 'http://b.example.com:8080'], []);
  assert.equal(verdict(rules, 'http', 'old.example.com'), 'plain 80');
  assert.equal(verdict(rules, 'https', 'old.example.com'), 'EGRESS_HOST');
  assert.equal(verdict(rules, 'tunnel', 'old.example.com:443'), 'EGRESS_HOST');
  assert.equal(verdict(rules, 'tunnel', 'old.example.com:80'), 'plain 80');
  assert.equal(verdict(rules, 'http', 'b.example.com:8080'), 'plain 8080');
  assert.equal(verdict(rules, 'http', 'b.example.com'), 'EGRESS_HOST');
  const both = new HostRules('probe', ['http://old.example.com', 'old.example.com'], []);
  assert.equal(verdict(both, 'http', 'old.example.com'), 'tls 443');
});

test('every public host is just that: no local names, no local addresses', () => {
  const rules = new HostRules('probe', ['*'], []);
  assert.equal(verdict(rules, 'http', 'anything.example.com'), 'tls 443');
  assert.equal(verdict(rules, 'http', '93.184.216.34'), 'tls 443');
  const names = ['localhost', 'x.localhost', 'router.local', 'metadata.google.internal', 'wiki'];
  for (const name of [...names, 'metadata', 'nas.home.arpa', 'x.onion', '1.0.0.127.in-addr.arpa'])
    assert.equal(verdict(rules, 'http', name), 'EGRESS_HOST', name);
  const addresses = ['127.0.0.1', '2130706433', '10.0.0.1', '[::1]', '[::ffff:127.0.0.1]'];
  for (const address of [...addresses, '169.254.169.254', '[fd00:ec2::254]', '0', '[64:ff9b::1]'])
    assert.equal(verdict(rules, 'http', address), 'EGRESS_ADDRESS', address);
});

test('a local address needs the manifest and the operator, both with that very port', () => {
  const granted = ['127.0.0.1:8080', '[fd12::1]:443', '169.254.169.254:80'];
  const rules = new HostRules(
    'probe',
    ['http://127.0.0.1:8080', '[fd12::1]:443', '10.0.0.1:443', '169.254.169.254:80', '*:9000'],
    [...granted, '127.0.0.1:9000'],
  );
  assert.equal(verdict(rules, 'http', '127.0.0.1:8080'), 'plain 8080 local');
  assert.equal(verdict(rules, 'tunnel', '2130706433:8080'), 'plain 8080 local');
  assert.equal(verdict(rules, 'https', '[fd12:0::1]'), 'tls 443 local');
  assert.equal(verdict(rules, 'https', '10.0.0.1'), 'EGRESS_ADDRESS', 'not granted');
  assert.equal(verdict(rules, 'tunnel', '127.0.0.1:9000'), 'EGRESS_ADDRESS', 'not named exactly');
  assert.equal(verdict(rules, 'tunnel', '169.254.169.254:80'), 'EGRESS_ADDRESS', 'never');
  assert.equal(
    verdict(new HostRules('probe', [], granted), 'http', '127.0.0.1:8080'),
    'EGRESS_HOST',
  );
});

test('a rule that cannot be read refuses the plugin', () => {
  const wrong = [
    '',
    '*.',
    '**',
    '*x',
    'a.*.com',
    '*.1.2.3.4',
    'https://x.com',
    'x.com/path',
    'x@y.com',
  ];
  for (const text of [...wrong, 'http://', 'x.com:0', '*.*.com', '%2a', 'ftp://x.com'])
    fails(() => parseRules('probe', [text]), 'PLUGIN_MANIFEST', text);
  fails(() => new HostRules('probe', ['x.com'], ['nonsense@']), 'PLUGIN_MANIFEST');
  const many = Array.from({ length: 201 }, (_, count) => `h${count}.example.com`);
  fails(() => parseRules('probe', many), 'PLUGIN_MANIFEST');
});

test('a host of the rules in any spelling is that host, and a longer name never is', () => {
  const [rule] = parseRules('probe', ['*.Example.COM.']);
  assert.ok(rule);
  fc.assert(
    fc.property(fc.domain(), (domain) => {
      const target = parseAuthority(`${domain}:443`);
      const isBelow = domain.toLowerCase().endsWith('.example.com');
      assert.equal(covers(rule, target, [443]), isBelow);
      assert.ok(covers(rule, parseAuthority(`${domain}.example.com.:443`), [443]));
      assert.ok(!covers(rule, parseAuthority(`example.com.${domain}:443`), [443]));
    }),
  );
});

test('a Host field is compared by what it names', () => {
  const one = parseAuthority('api.example.com:443');
  assert.ok(sameAuthority(one, 'API.example.com.', 443));
  assert.ok(!sameAuthority(one, 'api.example.com', 80));
  assert.ok(!sameAuthority(one, 'example.com:443', 443));
  fails(() => sameAuthority(one, 'api.example.com, evil.com', 443), 'EGRESS_HOST_INVALID');
});
