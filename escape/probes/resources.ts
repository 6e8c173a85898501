// Owns the programs that take what everybody needs: processes, memory, processors, disk, descriptors.
// Each bounds itself: it takes little more than what a plugin is allowed, never what a machine has.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { wroteTo } from '../evidence.ts';
import type { Peak, Probe } from '../probe.ts';

type Greedy = Pick<
  Probe,
  'id' | 'class' | 'tries' | 'standsFor' | 'program' | 'recorded' | 'fails'
> &
  Partial<Probe>;

/** A program that succeeds when the host sees that it has more than it may. */
function takes(has: (peak: Peak) => boolean, probe: Greedy): Probe {
  return {
    language: 'python',
    rights: 'nothing',
    succeeded: ({ peak }) => has(peak),
    why: 'a control group bounds all its processes together',
    ...probe,
  };
}

function bytesOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

export const resourceProbes: readonly Probe[] = [
  takes(({ processes }) => processes >= 150, {
    id: 'fork-bomb',
    class: 'too many processes',
    tries: 'keeps 200 processes (it may have 64)',
    standsFor: 'ATT&CK T1499.001 OS Exhaustion Flood',
    recorded: 'the host counts at least 150 of them',
    program: `
import signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for i in range(200):
  try:
    if os.fork() == 0: time.sleep(4); os._exit(0)
  except OSError as e: print(i, e); break
hold()`,
    fails: /Resource temporarily unavailable/,
    isQuick: true,
  }),
  takes(({ threads }) => threads >= 150, {
    id: 'thread-bomb',
    class: 'too many processes',
    tries: 'keeps 200 threads (it may have 64)',
    standsFor: 'CWE-400 Uncontrolled Resource Consumption',
    recorded: 'the host counts at least 150 of them',
    program: `
import threading
threading.stack_size(65536)
for i in range(200):
  try: threading.Thread(target=time.sleep, args=(4,), daemon=True).start()
  except RuntimeError as e: print(i, e); break
hold()`,
    fails: /can't start new thread/,
  }),
  takes(({ residentMb }) => residentMb >= 250, {
    id: 'heap',
    controller: 'memory',
    class: 'too much memory',
    tries: 'fills 300 MB of its heap (it may have 128)',
    standsFor: 'CWE-789 Memory Allocation with Excessive Size Value',
    recorded: 'the host sees 250 MB of memory in use',
    program: `kept = [b'x' * 1048576 for i in range(300)]; hold()`,
    fails: /exit code 137|SIGKILL|MemoryError/,
    isQuick: true,
  }),
  takes(({ residentMb }) => residentMb >= 250, {
    id: 'shared-memory',
    controller: 'memory',
    class: 'too much memory',
    tries: 'fills 300 MB of anonymous files in memory',
    standsFor: 'CWE-770 Allocation of Resources Without Limits or Throttling',
    recorded: 'the host sees 250 MB of shared memory in use',
    program: `
import mmap
kept = []
for i in range(30):
  f = os.memfd_create('m'); os.ftruncate(f, 10485760); m = mmap.mmap(f, 10485760)
  for at in range(0, 10485760, 4096): m[at] = 1
  kept.append(m)
hold()`,
    fails: /exit code 137|SIGKILL|File too large/,
  }),
  takes(({ writtenMb }) => writtenMb >= 200, {
    id: 'pipe-buffers',
    controller: 'memory',
    class: 'too much memory',
    tries: 'fills 256 pipes of 1 MB that nobody reads',
    standsFor: 'CVE-2016-2847 unread pipes fill the memory of the kernel',
    recorded: 'the host counts 200 MB written',
    program: `
import fcntl
kept = []
for i in range(256):
  r, w = os.pipe(); os.set_blocking(w, False); kept.append(r)
  try: fcntl.fcntl(w, 1031, 1048576)
  except OSError as e: print(e)
  try:
    while os.write(w, b'x' * 65536): pass
  except BlockingIOError: pass
hold()`,
    fails: /exit code 137|SIGKILL|Operation not permitted/,
  }),
  takes(({ processorShare }) => processorShare >= 0.15, {
    id: 'spin',
    controller: 'cpu',
    class: 'too much processor',
    tries: 'spins in eight processes (it may have a twentieth of a processor)',
    standsFor: 'ATT&CK T1496 Resource Hijacking',
    recorded: 'the host counts more than 0.15 processors over the time of the run',
    cpuShare: 0.05,
    milliseconds: 6_000,
    program: `
for i in range(3): os.fork()
while True: pass`,
    fails: /ended by the harness/,
    why: 'a control group gives all its processes together their share',
  }),
  takes(({ writtenMb }) => writtenMb >= 48, {
    id: 'fill-storage',
    class: 'too much disk',
    tries: 'fills its storage with files of 4 MB (it may have 16 MB)',
    standsFor: 'CWE-400 Uncontrolled Resource Consumption',
    recorded: 'the host counts 48 MB written',
    program: `
for i in range(16):
  open(G['storage'] + '/f%d' % i, 'wb').write(b'x' * 4194304); time.sleep(0.6)
hold()`,
    fails: /keeps more than 16 MB/,
    why: 'a watch of its folders ends it within about a second',
    milliseconds: 13_000,
  }),
  takes(({ writtenMb }) => writtenMb >= 48, {
    id: 'fill-temporary',
    class: 'too much disk',
    tries: 'fills /tmp with files of 4 MB',
    standsFor: 'ATT&CK T1499 Endpoint Denial of Service',
    recorded: 'the host counts 48 MB written',
    program: `
d = '/tmp/escape-' + G['token']; os.makedirs(d)
for i in range(14): open(d + '/f%d' % i, 'wb').write(b'x' * 4194304)
hold()`,
    fails: /No space left on device/,
    why: '/tmp is memory of its own, of the size that it may have on disk',
  }),
  takes(() => true, {
    id: 'one-long-file',
    class: 'too much disk',
    tries: 'makes one file of 64 MB without its bytes',
    standsFor: 'CWE-400 Uncontrolled Resource Consumption',
    recorded: 'a file of that length in its storage',
    succeeded: ({ ground }) => bytesOf(join(ground.facts['STORAGE'] ?? '', 'long')) >= 64 * 2 ** 20,
    program: `
f = open(G['storage'] + '/long', 'wb'); f.truncate(67108864); hold(f.fileno())`,
    fails: /File too large/,
    why: 'no file may be longer than what it may keep',
  }),
  takes(() => true, {
    id: 'many-files',
    class: 'too many entries',
    tries: 'makes 20 000 empty files (it may keep 4 MB)',
    standsFor: 'CWE-770 Allocation of Resources Without Limits or Throttling',
    recorded: 'what it writes after the last of them, in its storage',
    succeeded: wroteTo(({ facts }) => join(facts['STORAGE'] ?? '', 'done')),
    program: `
for i in range(20000): os.close(os.open(G['storage'] + '/n%d' % i, os.O_CREAT | os.O_WRONLY))
time.sleep(3); open(G['storage'] + '/done', 'w').write(G['token']); hold()`,
    fails: /keeps more than 4 MB/,
    why: 'an entry counts even when it is empty',
    diskMb: 4,
    milliseconds: 30_000,
  }),
  takes(({ writtenMb }) => writtenMb >= 60, {
    id: 'behind-many-files',
    class: 'too many entries',
    tries: 'makes 5000 empty files, which take long to count, and then large ones',
    standsFor: 'CWE-407 Inefficient Algorithmic Complexity',
    recorded: 'the host counts 60 MB written',
    program: `
for i in range(5000): os.close(os.open(G['storage'] + '/n%d' % i, os.O_CREAT | os.O_WRONLY))
time.sleep(2)
for i in range(40):
  open(G['storage'] + '/f%d' % i, 'wb').write(b'x' * 2097152); time.sleep(0.3)
hold()`,
    fails: /keeps more than 4 MB/,
    why: 'while the disk fills, its folders are looked at more often',
    diskMb: 4,
    milliseconds: 30_000,
  }),
  takes(({ descriptors }) => descriptors >= 4_000, {
    id: 'descriptors',
    class: 'too many entries',
    tries: 'keeps 5000 descriptors open (it may have 1024)',
    standsFor: 'CWE-774 Allocation of File Descriptors or Handles Without Limits or Throttling',
    recorded: 'the host counts 4000 of them',
    program: `
import resource
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
kept = []
for i in range(5000):
  try: kept.append(os.open('/dev/null', 0))
  except OSError as e: print(e); break
hold()`,
    fails: /Too many open files/,
    why: 'a resource limit that it cannot raise',
  }),
  takes(({ writtenMb }) => writtenMb >= 40, {
    id: 'log-flood',
    class: 'too much output',
    tries: 'writes 64 MB to its log',
    standsFor: 'CWE-779 Logging of Excessive Data',
    recorded: 'the host counts 40 MB taken from it in four seconds',
    language: 'node',
    program: `
const { writeSync } = require('node:fs');
const line = 'x'.repeat(65536);
for (let at = 0; at < 1000; at += 1) writeSync(2, line);
console.log('\\nHELD'); setTimeout(() => {}, 20000);`,
    fails: /ended by the harness/,
    why: 'a log is read at 1 MB a second, and its last 64 kB are kept',
    milliseconds: 4_000,
  }),
  takes(({ writtenMb }) => writtenMb >= 40, {
    id: 'log-flood-of-a-run',
    class: 'too much output',
    tries: 'writes 64 MB to its log, as a program that is run for each call',
    standsFor: 'CWE-779 Logging of Excessive Data',
    recorded: 'the host counts 40 MB taken from it in four seconds',
    language: 'sh',
    program: `
exec python3 -c 'import os, time
for at in range(1000): os.write(2, b"x" * 65536)
os.write(2, b"\\nHELD\\n"); time.sleep(20)' "$0"`,
    fails: /SIGKILL/,
    why: 'a run that logs more than 4 MB is ended',
    milliseconds: 4_000,
  }),
];
