// Owns the programs that are after other processes: their secrets, memory, descriptors, terminals and
// lives, and what a careless parent hands on.

import { join } from 'node:path';
import { arrivedAt, holds, isGone, printedSecret, wroteTo } from '../evidence.ts';
import type { Probe } from '../probe.ts';

const ALONE = 'its processes are the only ones that it has numbers for';
const GONE = /No such process|No such file or directory|ESRCH|ENOENT/;
const REFUSED = /Operation not permitted/;

/** A program that is after the secret of the agent's process. */
function spies(
  probe: Pick<Probe, 'id' | 'class' | 'tries' | 'standsFor' | 'program' | 'fails'> & Partial<Probe>,
): Probe {
  return {
    language: 'python',
    rights: 'nothing',
    recorded: "the agent's secret in its output",
    succeeded: printedSecret,
    why: ALONE,
    bystander: 'agent',
    ...probe,
  };
}

export const processProbes: readonly Probe[] = [
  spies({
    id: 'own-environment',
    class: 'environment and arguments',
    tries: 'looks for secrets in its own environment',
    standsFor: 'CWE-526 Exposure of Sensitive Information Through Environmental Variables',
    language: 'sh',
    program: `env | grep -c . ; env | grep SECRET || echo none`,
    fails: /^none$/m,
    why: 'a process gets the variables of its manifest and no others',
    isQuick: true,
  }),
  spies({
    id: 'environment-of-others',
    class: 'environment and arguments',
    tries: 'looks for secrets in the environment of every process',
    standsFor: 'ATT&CK T1003.007 Proc Filesystem',
    program: `
import glob
for f in glob.glob('/proc/[0-9]*/environ') + ['/proc/' + G['pid'] + '/environ']:
  try:
    for v in open(f).read().split('\\0'):
      if 'AGENT_SECRET' in v: print(v)
  except OSError as e: print(e)`,
    fails: GONE,
  }),
  spies({
    id: 'arguments-of-others',
    class: 'environment and arguments',
    tries: 'looks for secrets in the arguments of every process',
    standsFor: 'CWE-214 Invocation of Process Using Visible Sensitive Information',
    language: 'sh',
    program: `for f in /proc/[0-9]*/cmdline /proc/$G_PID/cmdline; do tr '\\0' '\\n' < $f | grep secret-; done`,
    fails: /cannot open|No such file/,
  }),
  spies({
    id: 'read-memory-file',
    class: 'memory of others',
    tries: 'reads /proc/PID/mem of the agent',
    standsFor: 'CWE-200 Exposure of Sensitive Information to an Unauthorized Actor',
    program: `
f = open('/proc/' + G['pid'] + '/mem', 'rb', 0)
f.seek(int(G['address'])); print(f.read(64))`,
    fails: GONE,
  }),
  spies({
    id: 'read-memory-call',
    class: 'memory of others',
    tries: 'reads memory of the agent by process_vm_readv',
    standsFor: 'ATT&CK T1055 Process Injection',
    program: `
class V(ctypes.Structure): _fields_ = [('b', ctypes.c_void_p), ('n', ctypes.c_size_t)]
o = ctypes.create_string_buffer(64)
call(N['process_vm_readv'], int(G['pid']), ctypes.byref(V(ctypes.addressof(o), 64)), 1,
  ctypes.byref(V(int(G['address']), 64)), 1, 0)
print(o.raw)`,
    fails: REFUSED,
    why: 'the call filter refuses it; the number would mean nobody',
    isQuick: true,
  }),
  spies({
    id: 'write-memory-file',
    class: 'memory of others',
    tries: 'writes /proc/PID/mem of the agent',
    standsFor: 'ATT&CK T1055.009 Proc Memory',
    program: `
f = open('/proc/' + G['pid'] + '/mem', 'r+b', 0)
f.seek(int(G['address'])); f.write(G['token'].encode()); time.sleep(1)`,
    recorded: 'the agent finds the token in its own memory',
    succeeded: arrivedAt(/^memory$/),
    fails: GONE,
  }),
  spies({
    id: 'trace',
    class: 'tracing',
    tries: 'attaches to the agent as its tracer and reads a word',
    standsFor: 'ATT&CK T1055.008 Ptrace System Calls',
    program: `
C.ptrace.restype = ctypes.c_long
C.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
pid = int(G['pid'])
if C.ptrace(16, pid, None, None) != 0: e = ctypes.get_errno(); raise OSError(e, os.strerror(e))
os.waitpid(pid, 0x40000000)
words = [C.ptrace(2, pid, int(G['address']) + 8 * i, None) for i in range(8)]
C.ptrace(17, pid, None, None)
print(b''.join(struct.pack('q', w) for w in words))`,
    fails: REFUSED,
    why: 'the call filter refuses ptrace',
  }),
  spies({
    id: 'take-descriptor',
    class: 'tracing',
    tries: 'takes a descriptor of the agent by pidfd_getfd',
    standsFor: 'CWE-403 Exposure of File Descriptor to Unintended Control Sphere',
    program: `
p = call(434, int(G['pid']), 0)
hold(call(N['pidfd_getfd'], p, int(G['held']), 0))`,
    recorded: "the agent's file is its descriptor 9",
    succeeded: holds(/store\.sqlite$/),
    fails: /No such process|Operation not permitted/,
  }),
  spies({
    id: 'kill',
    class: 'signals',
    tries: 'ends the agent',
    standsFor: 'ATT&CK T1489 Service Stop',
    language: 'node',
    program: `process.kill(Number(G.pid), 'SIGKILL'); setTimeout(() => {}, 300);`,
    recorded: 'the agent is gone',
    succeeded: isGone(({ facts }) => `/proc/${facts['PID']}/fd`),
    fails: GONE,
    isQuick: true,
  }),
  spies({
    id: 'kill-through-descriptor',
    class: 'signals',
    tries: 'ends the agent by pidfd_send_signal, the number known to it',
    standsFor: 'ATT&CK T1562.001 Disable or Modify Tools',
    program: `call(424, call(434, int(G['pid']), 0), 9, None, 0); time.sleep(0.3)`,
    recorded: 'the agent is gone',
    succeeded: isGone(({ facts }) => `/proc/${facts['PID']}/fd`),
    fails: GONE,
  }),
  spies({
    id: 'inspector-signal',
    class: 'debugger of Node',
    tries: 'opens the debugger of a Node process by SIGUSR1',
    standsFor: 'CVE-2018-7160 Node.js inspector runs code for whoever connects',
    language: 'node',
    bystander: 'inspector',
    program: `process.kill(Number(G.pid), 'SIGUSR1'); setTimeout(() => {}, 1500);`,
    recorded: 'the process says that its debugger listens',
    succeeded: ({ hits }) => hits.some(({ text }) => /Debugger listening/.test(text)),
    fails: GONE,
  }),
  {
    id: 'node-options',
    class: 'debugger of Node',
    tries: 'has code run before everything else by NODE_OPTIONS of its manifest',
    standsFor: 'ATT&CK T1574 Hijack Execution Flow',
    language: 'node',
    rights: 'nothing',
    environment: ({ facts }) => ({ NODE_OPTIONS: `--require=${facts['STORAGE']}/early.cjs` }),
    program: `console.log(process.env.NODE_OPTIONS ?? 'no options');`,
    recorded: 'what the early code writes to the storage',
    succeeded: wroteTo(({ facts }) => join(facts['STORAGE'] ?? '', 'early.txt')),
    fails: /no options/,
    why: 'variables that make a loader run code are not handed on',
  },
  spies({
    id: 'inherited-descriptor',
    class: 'descriptors',
    tries: 'reads what its parent left open',
    standsFor: 'CVE-2024-21626 runc leaves a descriptor open to its container',
    program: `
for n in range(3, 300):
  try: print(os.pread(n, 100, 0))
  except OSError as e: last = e
print('looked at all:', last)`,
    fails: /^looked at all: .*Bad file descriptor/m,
    why: 'descriptors are closed or covered before its first instruction',
    isQuick: true,
  }),
  spies({
    id: 'passed-descriptor',
    class: 'descriptors',
    tries: 'is handed a descriptor over a socket (SCM_RIGHTS)',
    standsFor: 'CWE-402 Transmission of Private Resources into a New Sphere',
    program: `
s = socket.socket(socket.AF_UNIX); s.connect(G['folder'] + '/handing.sock')
_, fds, _, _ = socket.recv_fds(s, 10, 4)
print(os.pread(fds[0], 100, 0))`,
    fails: GONE,
    why: 'no socket of the host has a name inside',
  }),
  {
    id: 'own-program',
    class: 'descriptors',
    tries: 'overwrites the program of a process of the host through /proc/PID/exe',
    standsFor: 'CVE-2019-5736 a container overwrites runc through /proc/self/exe',
    language: 'python',
    rights: 'nothing',
    program: `
import signal
p = os.open('/proc/' + G['sleeper'] + '/exe', os.O_PATH)
os.kill(int(G['sleeper']), signal.SIGKILL)
for i in range(100):
  try: os.write(os.open('/proc/self/fd/%d' % p, os.O_WRONLY), G['token'].encode()); break
  except OSError as e: time.sleep(0.02)`,
    recorded: 'its token in the program file of the other process',
    succeeded: wroteTo(({ folder }) => join(folder, 'sleeper')),
    fails: GONE,
    why: ALONE,
    bystander: 'agent',
  },
  spies({
    id: 'shared-memory-of-others',
    class: 'interprocess communication',
    tries: 'attaches System V shared memory that everybody may read',
    standsFor: 'ATT&CK T1559 Inter-Process Communication',
    program: `
C.shmat.restype = ctypes.c_void_p
a = C.shmat(int(G['shm']), None, 0o10000)
if a in (None, 2**64 - 1): e = ctypes.get_errno(); raise OSError(e, os.strerror(e))
print(ctypes.string_at(a, 64))`,
    fails: /Invalid argument|Identifier removed/,
    why: 'it has an IPC namespace of its own',
  }),
  spies({
    id: 'keyring',
    class: 'interprocess communication',
    tries: 'reads a key of its user from the kernel',
    standsFor: 'CVE-2016-0728 use of keyrings against the kernel',
    program: `
o = ctypes.create_string_buffer(64)
k = call(N['keyctl'], 10, -4, b'user', b'escape-' + G['token'].encode(), 0)
call(N['keyctl'], 11, k, o, 64); print(o.raw)`,
    fails: REFUSED,
    why: 'the call filter refuses the calls of keyrings',
    needsRoot: true,
  }),
  spies({
    id: 'terminal-typing',
    class: 'terminal',
    tries: 'types into the terminal of the person (TIOCSTI)',
    standsFor: 'CVE-2017-5226 bubblewrap lets a program type into its terminal',
    program: `
import fcntl
try: t = os.open(G['terminal'], os.O_RDWR | os.O_NOCTTY)
except OSError as e: print(e); t = 0
for b in (G['token'] + '\\n').encode(): fcntl.ioctl(t, 0x5412, bytes([b]))
time.sleep(0.3)`,
    recorded: 'the terminal reads the token as if a person had typed it',
    succeeded: arrivedAt(/^terminal$/),
    fails: /No such file[^]*Operation not permitted/,
    why: 'it has no terminal, and the call filter refuses to type',
    needsRoot: true,
  }),
];
