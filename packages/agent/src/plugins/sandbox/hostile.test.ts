// Programs that try to get out, each run beside the sandbox, where it must succeed, and inside.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { requirement } from '@opencomputer/testkit';
import { Child } from '../child.ts';
import { systemClock } from '../fixtures/harness.ts';
import { bubblewrapSandbox } from './bubblewrap.ts';
import {
  hasBubblewrap,
  machine,
  rightsFor,
  runEnclosed,
  runPlainly,
  settingsFor,
  specificationOf,
  temporaryFolder,
} from './fixtures/enclosed.ts';
import { chooseSandbox } from './sandbox.ts';
import { architectures } from './system-calls.ts';

/** A program of Python that prints DONE when it got what it wanted. */
interface Hostile {
  /** What it stands for. */
  readonly class: string;
  readonly tries: string;
  readonly script: string;
  /** How it fails inside: a program that fails for another reason would prove nothing. */
  readonly failure: RegExp;
  /** Outside it works for root only. */
  readonly needsRoot?: boolean;
}

const CANARY = 'canary-4f1d';
const folder = temporaryFolder();
const secret = join(folder, 'secret');
writeFileSync(secret, CANARY);
chmodSync(secret, 0o644);
const abstractName = `opencomputer-${process.pid}`;
const numbers = architectures[process.arch]?.numbers ?? {};
const libc = 'import ctypes,os; c=ctypes.CDLL(None,use_errno=True)';
const MB = 1_048_576;

function hostiles(port: number, bystander: number): readonly Hostile[] {
  return [
    {
      class: 'host files',
      tries: 'reads a file of the host that everybody may read',
      failure: /No such file or directory: .*secret/,
      script: `print('DONE' if open(${JSON.stringify(secret)}).read() == '${CANARY}' else '')`,
    },
    {
      class: '/proc',
      tries: 'looks for a secret in the environment of every process',
      failure: /^(?!.*DONE).*exit code 0/s,
      script: `
import glob
for f in glob.glob('/proc/[0-9]*/environ'):
  try:
    if b'${CANARY}' in open(f,'rb').read(): print('DONE'); break
  except OSError as e: print(e)`,
    },
    {
      class: 'signals',
      tries: 'signals a process of the host by its number',
      failure: /No such process/,
      script: `import os; os.kill(${bystander}, 0); print('DONE')`,
    },
    {
      class: 'fork bomb',
      tries: 'keeps 200 processes',
      failure: /Resource temporarily unavailable/,
      script: `
import os,time
for i in range(200):
  if os.fork() == 0: time.sleep(20); os._exit(0)
print('DONE', flush=True)
os.killpg(0, 9)`,
    },
    {
      class: 'memory bomb',
      tries: 'fills 1200 MB',
      failure: /exit code 137|MemoryError/,
      script: `
kept = [b'x' * ${MB} for i in range(1200)]
print('DONE', len(kept))`,
    },
    {
      class: 'disk fill',
      tries: 'writes 100 MB in small files',
      failure: /No space left on device/,
      script: `
import tempfile
d = tempfile.mkdtemp(dir=None if 'plugin' in open('/etc/passwd').read() else ${JSON.stringify(folder)})
for i in range(100): open(d + '/' + str(i), 'wb').write(b'x' * ${MB})
print('DONE')`,
    },
    {
      class: 'disk fill',
      tries: 'writes one file of 64 MB without its bytes',
      failure: /File too large/,
      script: `
import tempfile
f = tempfile.TemporaryFile(); f.seek(64 * ${MB}); f.write(b'x'); f.flush(); print('DONE')`,
    },
    {
      class: 'user namespace',
      tries: 'becomes root of a second user namespace',
      failure: /Operation not permitted/,
      script: `${libc}
print('DONE' if c.unshare(0x10000000) == 0 else os.strerror(ctypes.get_errno()))`,
    },
    {
      class: 'user namespace',
      tries: 'clones into a second user namespace',
      failure: /Operation not permitted/,
      script: `${libc}
p = c.syscall(${numbers['clone']}, 0x10000000 | 17, 0, 0, 0, 0)
if p == 0: os._exit(0)
print('DONE' if p > 0 else os.strerror(ctypes.get_errno()))`,
    },
    {
      class: 'ptrace',
      tries: 'asks to be traced',
      failure: /Operation not permitted/,
      script: `${libc}
print('DONE' if c.ptrace(0, 0, 0, 0) == 0 else os.strerror(ctypes.get_errno()))`,
    },
    {
      class: 'memory of others',
      tries: 'reads memory through process_vm_readv',
      failure: /Operation not permitted/,
      script: `${libc}
class V(ctypes.Structure): _fields_ = [('b', ctypes.c_void_p), ('n', ctypes.c_size_t)]
a = ctypes.create_string_buffer(b'x'); o = ctypes.create_string_buffer(1)
r = c.syscall(${numbers['process_vm_readv']}, os.getpid(), ctypes.byref(V(ctypes.addressof(o), 1)),
  1, ctypes.byref(V(ctypes.addressof(a), 1)), 1, 0)
print('DONE' if r == 1 else os.strerror(ctypes.get_errno()))`,
    },
    {
      class: 'abstract socket',
      tries: 'connects to an abstract socket of the host',
      failure: /Connection refused/,
      script: `
import socket
socket.socket(socket.AF_UNIX).connect('\\0${abstractName}'); print('DONE')`,
    },
    {
      class: 'loopback service',
      tries: 'connects to a service on the loopback of the host',
      failure: /Connection refused/,
      script: `import socket; socket.create_connection(('127.0.0.1', ${port}), 5); print('DONE')`,
    },
    {
      class: 'raw socket',
      tries: 'listens to every packet',
      failure: /Address family not supported/,
      script: `import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW); print('DONE')`,
      needsRoot: true,
    },
    {
      class: 'raw socket',
      tries: 'makes its own ICMP packets',
      failure: /Operation not permitted/,
      script: `import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1); print('DONE')`,
      needsRoot: true,
    },
    {
      class: 'keyring',
      tries: 'keeps a key where others of its user find it',
      failure: /Operation not permitted/,
      script: `${libc}
k = c.syscall(${numbers['add_key']}, b'user', b'x', b'y', 1, -2)
print('DONE' if k > 0 else os.strerror(ctypes.get_errno()))`,
    },
  ];
}

if (!hasBubblewrap || requirement('bubblewrap') === undefined || !requirement('python')) {
  test('without bubblewrap a program that is not ours is refused', () => {
    const need = { plugin: 'x', official: false, runsForeignCode: false };
    const facts = { ...machine, bubblewrap: undefined };
    assert.throws(() => chooseSandbox(need, settingsFor(folder, facts)), {
      code: 'PLUGIN_SANDBOX',
    });
  });
} else {
  const sandbox = bubblewrapSandbox(settingsFor(folder));
  const servers: Server[] = [];
  const bystander = spawn('/bin/sleep', ['600'], { env: { SECRET: CANARY }, stdio: 'ignore' });
  before(async () => {
    for (const address of [{ host: '127.0.0.1', port: 0 }, { path: `\0${abstractName}` }]) {
      const server = createServer((socket) => socket.destroy());
      servers.push(server);
      const { promise, resolve } = Promise.withResolvers<void>();
      server.listen(address, resolve);
      await promise;
    }
  });
  after(() => {
    bystander.kill();
    for (const server of servers) server.close();
  });
  const placeholders = hostiles(0, 0);
  for (const [index, { class: kind, tries, failure, needsRoot }] of placeholders.entries()) {
    test(`${kind}: what ${tries} succeeds outside and fails inside`, async () => {
      const address = servers[0]?.address();
      assert.ok(typeof address === 'object' && address !== null);
      const script = hostiles(address.port, bystander.pid ?? 0)[index]?.script ?? '';
      const specification = specificationOf('/usr/bin/python3', '-I', '-c', script);
      const inside = await runEnclosed(sandbox, specification);
      assert.doesNotMatch(inside.output, /DONE/);
      assert.match(`${inside.output}\n${inside.log}\n${inside.problem}`, failure);
      assert.deepEqual(inside.breaches, []);
      if (needsRoot === true && machine.userId !== 0) return;
      const outside = await runPlainly(specification);
      assert.match(outside.output, /DONE/, `${outside.problem} ${outside.log}`);
    });
  }

  test('every call that the filter refuses is refused by the kernel', async () => {
    const special = new Set(['clone', 'ioctl', 'personality', 'socket']);
    const refused = Object.entries(numbers).filter(([name]) => !special.has(name));
    const script = `${libc}
for name, n in ${JSON.stringify(refused)}:
  ctypes.set_errno(0)
  if c.syscall(n, -1, -1, -1, -1, -1, -1) != -1 or ctypes.get_errno() not in (1, 38):
    print(name, ctypes.get_errno())
print('end')`;
    const { output } = await runEnclosed(
      sandbox,
      specificationOf('/usr/bin/python3', '-c', script),
    );
    assert.equal(output, 'end');
  });

  test('the metadata address of a cloud, and every other, has no route', async () => {
    const script = `
import socket
for a in ('169.254.169.254', '10.0.0.1', '1.1.1.1'):
  try: socket.create_connection((a, 80), 5); print('DONE')
  except OSError as e: print(e.errno)
for a in ('fe80::1%1', '::ffff:169.254.169.254', '2606:4700::1111'):
  try: socket.create_connection((a, 80), 5); print('DONE')
  except OSError as e: print('no')`;
    const { output } = await runEnclosed(
      sandbox,
      specificationOf('/usr/bin/python3', '-c', script),
    );
    assert.equal(output, '101\n101\n101\nno\nno\nno');
  });

  test('a memory bomb ends its own plugin only', async () => {
    const waiting = await sandbox.enclose(specificationOf('/bin/cat'), {
      plugin: 'bystander',
      rights: rightsFor(),
      breached: assert.fail,
    });
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const listener = { onLine: resolve, onOversize: () => undefined, onExit: reject };
    const cat = new Child(waiting, listener, systemClock);
    const bomb = `kept = [b'x' * ${MB} for i in range(2000)]`;
    const ended = await runEnclosed(sandbox, specificationOf('/usr/bin/python3', '-c', bomb));
    assert.match(ended.problem, /exit code 137|MemoryError/);
    cat.send('alive');
    assert.equal(await promise, 'alive');
    await cat.stop();
  });
}
