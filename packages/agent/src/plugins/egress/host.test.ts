import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAgentError } from '@opencomputer/contracts';
import { hostText, parseAuthority, parseHost } from './host.ts';

/** What is written, and the host that it is; nothing when it is refused. */
const hosts: readonly (readonly [text: string, name?: string])[] = [
  // plain
  ['api.example.com', 'api.example.com'],
  ['API.Example.COM', 'api.example.com'],
  ['api.example.com.', 'api.example.com'],
  ['a_b.example.com', 'a_b.example.com'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['faß.example', 'xn--fa-hia.example'],
  ['ＡＰＩ.example.com', 'api.example.com'],
  ['api。example。com', 'api.example.com'],
  ['exa\u00admple.com', 'example.com'],
  ['ⓛocalhost', 'localhost'],
  ['93.184.216.34', '93.184.216.34'],
  ['[2606:4700::1111]', '2606:4700::1111'],
  ['[2606:4700:0:0:0:0:0:1111]', '2606:4700::1111'],
  // every spelling of an IPv4 address is that address
  ['127.1', '127.0.0.1'],
  ['127.0.1', '127.0.0.1'],
  ['2130706433', '127.0.0.1'],
  ['0x7f000001', '127.0.0.1'],
  ['0x7f.0x0.0x0.0x1', '127.0.0.1'],
  ['0177.0.0.1', '127.0.0.1'],
  ['017700000001', '127.0.0.1'],
  ['127.0.0.1.', '127.0.0.1'],
  ['127。0。0。1', '127.0.0.1'],
  ['１２７.0.0.1', '127.0.0.1'],
  ['①②⑦.0.0.1', '127.0.0.1'],
  ['0', '0.0.0.0'],
  ['0x', '0.0.0.0'],
  ['0xA9FEA9FE', '169.254.169.254'],
  ['169.254.43518', '169.254.169.254'],
  ['1.2.3.', '1.2.0.3'],
  ['[::ffff:127.0.0.1]', '::ffff:7f00:1'],
  ['[::FFFF:7F00:1]', '::ffff:7f00:1'],
  ['[0:0:0:0:0:0:0:1]', '::1'],
  // refused
  [''],
  ['.'],
  ['..'],
  ['.example.com'],
  ['example..com'],
  ['example.com..'],
  ['127.0.0.1..'],
  ['example.com\0.evil.com'],
  ['example.com%00.evil.com'],
  ['example.com\r\n'],
  ['example.com\tx'],
  [' example.com'],
  ['example.com '],
  ['exam ple.com'],
  ['example.com\u00a0'],
  ['example.com\u2028'],
  ['example.com\u3000'],
  ['user@example.com'],
  ['evil.com@example.com'],
  ['user:pass@example.com'],
  ['example.com\\@evil.com'],
  ['example.com\\.evil.com'],
  ['example.com/evil.com'],
  ['example.com?evil.com'],
  ['example.com#evil.com'],
  ['%65xample.com'],
  ['example%2ecom'],
  ['１２７.0.0.1%'],
  ['example.com;evil.com'],
  ['example.com,evil.com'],
  ['*.example.com'],
  ['$(id).example.com'],
  ["ex'ample.com"],
  ['<example.com>'],
  ['-example.com'],
  ['example-.com'],
  [`${'a'.repeat(64)}.com`],
  [`${'a.'.repeat(127)}com`],
  ['256.1.1.1'],
  ['1.2.3.4.5'],
  ['09.1.1.1'],
  ['4294967296'],
  ['0x100000000'],
  ['example.1'],
  ['::1'],
  ['2606:4700::1111'],
  ['[::1'],
  ['::1]'],
  ['[]'],
  ['[::1]x'],
  ['x[::1]'],
  ['[[::1]]'],
  ['[example.com]'],
  ['[127.0.0.1]'],
  ['[fe80::1%25eth0]'],
  ['[fe80::1%eth0]'],
  ['[::1::1]'],
  ['[v1.x]'],
  ['xn--'],
  ['xn--a'],
  ['xn--127-0-0-1'],
  ['xn--\u00fc'],
  ['exa\u200dmple.com'],
  ['a\ud800b.com'],
];

test(`${hosts.length} spellings have one reading each, or none`, () => {
  for (const [text, name] of hosts) {
    const read = readOrNothing(text);
    assert.equal(read, name, JSON.stringify(text));
  }
});

test('a port is 1 to 65535, written plainly', () => {
  const port = (text: string): number | undefined => parseAuthority(text).port;
  assert.equal(port('example.com:1'), 1);
  assert.equal(port('example.com:65535'), 65_535);
  assert.equal(port('[::1]:8080'), 8080);
  assert.equal(port('[::1]'), undefined);
  assert.equal(port('example.com'), undefined);
  const wrong = ['0', '65536', '', '-1', '+80', '080', '0x50', '8 0', '80a', '99999999999', '８０'];
  for (const text of wrong)
    assert.throws(
      () => parseAuthority(`example.com:${text}`),
      (error) => isAgentError(error, 'EGRESS_HOST_INVALID'),
      text,
    );
  for (const text of ['a:1:2', 'a:b@c:80', ':80', '::1:80', 'user:pass@example.com:443'])
    assert.throws(() => parseAuthority(text), Error, text);
});

test('what was read once reads as itself, and as the URL parser and the sockets read it', () => {
  const labels = fc.stringMatching(/^[a-zA-Z0-9._%@:[\]\\\-\u00fc\u3002\uff10 x]{1,24}$/);
  fc.assert(
    fc.property(fc.oneof(labels, fc.webAuthority(), fc.ipV4(), fc.ipV6(), fc.domain()), (text) => {
      const name = readOrNothing(text);
      if (name === undefined) return;
      const host = parseHost(text);
      const written = hostText(host);
      assert.deepEqual(parseHost(written), host);
      assert.equal(new URL(`https://${written}/`).hostname, written);
      assert.equal(host.isAddress, isIP(host.name) !== 0);
      assert.match(written, /^[a-z0-9._:[\]-]+$/);
    }),
    { numRuns: 3_000 },
  );
});

test('any text is read or refused with the one code', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      readOrNothing(text);
    }),
    { numRuns: 500 },
  );
});

function readOrNothing(text: string): string | undefined {
  try {
    return parseHost(text).name;
  } catch (error) {
    assert.ok(isAgentError(error, 'EGRESS_HOST_INVALID'), String(error));
    return undefined;
  }
}
