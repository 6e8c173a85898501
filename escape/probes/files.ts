// Owns the programs that are after files: secrets of the host, data and code of other plugins, files
// that do not exist yet and are run later, and names that lead elsewhere.

import { join } from 'node:path';
import { isRootsOfMode, printedSecret, wroteTo } from '../evidence.ts';
import type { Ground, Probe } from '../probe.ts';

const PRINTED = 'the secret of the file in its output';
const MISSING = /No such file or directory|ENOENT/;
const UNSEEN = 'what was not granted has no name inside';

const at =
  (path: string): ((ground: Ground) => string) =>
  ({ folder }) =>
    join(folder, path);

type Read = Pick<Probe, 'id' | 'class' | 'tries' | 'standsFor' | 'program' | 'language'>;

/** A program that is after the words of a file which nobody granted. */
function reads(probe: Read, rest: Partial<Probe> = {}): Probe {
  const plain = { rights: 'nothing', recorded: PRINTED, fails: MISSING, why: UNSEEN } as const;
  return { ...plain, succeeded: printedSecret, ...probe, ...rest };
}

/** A program that makes a file in the person's home, which something else runs later. */
function plants(id: string, path: string, [standsFor, name]: readonly [string, string]): Probe {
  return {
    id,
    class: 'files that are run later',
    tries: `makes ${name}, which does not exist yet`,
    standsFor,
    language: 'sh',
    rights: 'nothing',
    program: `mkdir -p "$(dirname "$G_FOLDER/${path}")"; echo "run-$G_TOKEN" >> "$G_FOLDER/${path}"`,
    recorded: 'the file exists in the home of the person, with its token',
    succeeded: wroteTo(at(path)),
    fails: /Read-only file system|No such file|Directory nonexistent/,
    why: 'the home of the person is not there, and the root that is shown is read-only',
  };
}

export const fileProbes: readonly Probe[] = [
  reads(
    {
      id: 'private-key',
      class: 'files of the person',
      tries: 'reads ~/.ssh/id_ed25519',
      standsFor: 'ATT&CK T1552.004 Private Keys',
      language: 'python',
      program: `print(open(G['home'] + '/.ssh/id_ed25519').read())`,
    },
    { isQuick: true },
  ),
  reads({
    id: 'agent-key',
    class: 'files of the person',
    tries: 'reads the key of the agent service',
    standsFor: 'ATT&CK T1552.001 Credentials In Files',
    language: 'node',
    program: `console.log(require('node:fs').readFileSync(G.data + '/api.key', 'utf8'));`,
  }),
  reads({
    id: 'agent-database',
    class: 'files of the person',
    tries: 'copies the database of the agent',
    standsFor: 'ATT&CK T1005 Data from Local System',
    language: 'sh',
    program: `cat "$G_DATA/store.sqlite"`,
  }),
  reads({
    id: 'other-storage-read',
    class: 'other plugins',
    tries: "reads another plugin's storage",
    standsFor: 'CWE-668 Exposure of Resource to Wrong Sphere',
    language: 'python',
    program: `
import glob
for f in glob.glob(os.path.dirname(G['storage']) + '/*/notes.txt'): print(open(f).read())
open(G['other'] + '/notes.txt')`,
  }),
  {
    id: 'other-storage-write',
    class: 'other plugins',
    tries: "changes another plugin's storage",
    standsFor: 'ATT&CK T1565.001 Stored Data Manipulation',
    language: 'node',
    rights: 'nothing',
    program: `require('node:fs').appendFileSync(G.other + '/notes.txt', G.token);`,
    recorded: "its token in the other plugin's file",
    succeeded: wroteTo(at('data/plugin-data/other/notes.txt')),
    fails: MISSING,
    why: UNSEEN,
  },
  {
    id: 'own-code',
    class: 'code that runs next time',
    tries: 'changes its own code',
    standsFor: 'ATT&CK T1554 Compromise Host Software Binary',
    language: 'python',
    rights: 'nothing',
    program: `
p = sys.argv[0]
try: os.chmod(p, 0o644)
except OSError as e: print(e)
open(p, 'a').write('# ' + G['token'])`,
    recorded: 'its token in the tree of the content store',
    succeeded: wroteTo(({ facts }) => join(facts['CODE'] ?? '', `main-${facts['TOKEN'] ?? ''}.py`)),
    fails: /Read-only file system/,
    why: 'code is bound read-only; the store would refuse the changed tree too',
    isQuick: true,
  },
  {
    id: 'other-release',
    class: 'code that runs next time',
    tries: 'poisons the tree of another release',
    standsFor: 'ATT&CK T1195.002 Compromise Software Supply Chain',
    language: 'sh',
    rights: 'nothing',
    program: `chmod u+w "$G_RELEASE/main.py"; echo "# $G_TOKEN" >> "$G_RELEASE/main.py"`,
    recorded: 'its token in the tree of the other release',
    succeeded: wroteTo(({ facts }) => join(facts['RELEASE'] ?? '', 'main.py')),
    fails: /No such file|Directory nonexistent/,
    why: 'only its own tree is shown',
  },
  {
    id: 'preload',
    class: 'code that runs next time',
    tries: 'leaves LD_PRELOAD behind for the next start of the session',
    standsFor: 'ATT&CK T1574.006 Dynamic Linker Hijacking',
    language: 'python',
    rights: 'nothing',
    program: `
d = G['home'] + '/.config/environment.d'
os.makedirs(d, exist_ok=True)
open(d + '/x.conf', 'w').write('LD_PRELOAD=/tmp/' + G['token'] + '.so')`,
    recorded: 'the file in environment.d of the person',
    succeeded: wroteTo(at('home/.config/environment.d/x.conf')),
    fails: /Read-only file system|No such file|Permission denied/,
    why: 'its HOME is a folder of its own, and no variable of the loader is handed on',
  },
  plants('shell-start', 'home/.bashrc', [
    'ATT&CK T1546.004 Unix Shell Configuration Modification',
    '~/.bashrc',
  ]),
  plants('autostart', 'home/.config/autostart/x.desktop', [
    'ATT&CK T1547.013 XDG Autostart Entries',
    'an autostart entry',
  ]),
  plants('cron', 'cron/root', ['ATT&CK T1053.003 Cron', 'a table of cron']),
  {
    id: 'git-above',
    class: 'beside a granted folder',
    tries: 'makes .git/hooks in the folder above the granted one',
    standsFor: 'CVE-2022-24765 git runs what a .git folder above says',
    language: 'sh',
    rights: 'folder',
    program: `mkdir -p "$G_GRANTED/../.git/hooks"; echo "$G_TOKEN" > "$G_GRANTED/../.git/hooks/post-checkout"`,
    recorded: 'the hook exists beside the granted folder',
    succeeded: wroteTo(at('project/.git/hooks/post-checkout')),
    fails: /Read-only file system|Permission denied/,
    why: 'folders above a granted one are made empty and read-only',
  },
  {
    id: 'python-start',
    class: 'beside a granted folder',
    tries: 'makes usercustomize.py, which every Python of the person runs',
    standsFor: 'ATT&CK T1546.018 Python Startup Hooks',
    language: 'python',
    rights: 'folder',
    program: `
d = G['granted'] + '/../../home/.local/lib/python3/site-packages'
os.makedirs(d, exist_ok=True)
open(d + '/usercustomize.py', 'w').write('# ' + G['token'])`,
    recorded: 'the file exists in the home of the person',
    succeeded: wroteTo(at('home/.local/lib/python3/site-packages/usercustomize.py')),
    fails: /Read-only file system|No such file|Permission denied/,
    why: UNSEEN,
  },
  reads(
    {
      id: 'dot-dot',
      class: 'paths',
      tries: 'leaves the granted folder by ..',
      standsFor: 'CWE-22 Path Traversal',
      language: 'node',
      program: `
const path = G.granted + '/./../../home/./.ssh/../.ssh//id_ed25519';
console.log(require('node:fs').readFileSync(path, 'utf8'));`,
    },
    { rights: 'folder' },
  ),
  reads(
    {
      id: 'proc-self-root',
      class: 'paths',
      tries: 'names a file through /proc/self/root and /proc/self/cwd',
      standsFor: 'CWE-41 Improper Resolution of Path Equivalence',
      language: 'python',
      program: `
for p in ('/proc/self/root', '/proc/self/cwd' + '/..' * 12, '/proc/thread-self/root/proc/1/root'):
  try: print(open(p + G['home'] + '/.ssh/id_ed25519').read()); break
  except OSError as e: print(e)`,
    },
    { isQuick: true },
  ),
  reads({
    id: 'proc-1-root',
    class: 'paths',
    tries: 'looks at the root of every other process',
    standsFor: 'CWE-552 Files or Directories Accessible to External Parties',
    language: 'sh',
    program: `for p in /proc/[0-9]*/root; do cat "$p$G_HOME/.ssh/id_ed25519" && break; done`,
  }),
  reads(
    {
      id: 'symbolic-link',
      class: 'links',
      tries: 'reads through a link that it makes in the granted folder',
      standsFor: 'CWE-61 UNIX Symbolic Link Following',
      language: 'sh',
      program: `ln -s "$G_HOME" "$G_GRANTED/link"; cat "$G_GRANTED/link/.ssh/id_ed25519"`,
    },
    { rights: 'folder', why: 'a link is followed inside, where its target is not' },
  ),
  reads(
    {
      id: 'hard-link',
      class: 'links',
      tries: 'makes a second name for a file in the granted folder',
      standsFor: 'CWE-62 UNIX Hard Link',
      language: 'python',
      program: `
os.link(G['home'] + '/.ssh/id_ed25519', G['granted'] + '/link')
print(open(G['granted'] + '/link').read())`,
    },
    { rights: 'folder' },
  ),
  reads(
    {
      id: 'link-before-bind',
      class: 'links',
      tries: 'exchanges a granted folder for a link, and is started again',
      standsFor: 'CVE-2021-30465 runc binds through an exchanged link',
      language: 'sh',
      program: `
cat "$G_GRANTED/inner/.ssh/id_ed25519" && exit
rm -rf "$G_GRANTED/inner"; ln -s "$G_HOME" "$G_GRANTED/inner"`,
    },
    { rights: 'folder', starts: 2, why: 'nothing is bound inside what the plugin may write' },
  ),
  {
    id: 'exchange-race',
    class: 'races',
    tries: 'exchanges a folder and a link again and again while it writes through the name',
    standsFor: 'CVE-2018-15664 docker cp follows a link that was exchanged',
    language: 'python',
    rights: 'folder',
    program: `
import random, threading
random.seed(int(G['seed']))
g = G['granted']
os.makedirs(g + '/a', exist_ok=True); os.symlink(G['home'], g + '/b')
until = time.time() + 2
def swap():
  while time.time() < until:
    C.renameat2(-100, (g + '/a').encode(), -100, (g + '/b').encode(), 2)
    time.sleep(random.random() / 2000)
threading.Thread(target=swap).start()
failed = None
while time.time() < until:
  try: open(g + '/a/race', 'w').write(G['token'])
  except OSError as e: failed = e
print(failed)`,
    recorded: 'its file in the home of the person',
    succeeded: wroteTo(at('home/race')),
    fails: /No such file or directory/,
    why: 'whichever comes first, the target of the link is not there',
    milliseconds: 6_000,
  },
  {
    id: 'rename-out',
    class: 'races',
    tries: 'moves its folder out of the granted one while it works in it',
    standsFor: 'CWE-367 Time-of-check Time-of-use Race Condition',
    language: 'python',
    rights: 'folder',
    program: `
os.makedirs(G['granted'] + '/deep/er', exist_ok=True)
os.chdir(G['granted'] + '/deep/er')
os.rename(G['granted'] + '/deep/er', G['granted'] + '/er')
print(open('../../../home/.ssh/id_ed25519').read())`,
    recorded: PRINTED,
    succeeded: printedSecret,
    fails: MISSING,
    why: '.. from a moved folder ends at the mount, and above it nothing is shown',
  },
  {
    id: 'set-user-id-file',
    class: 'files with rights',
    tries: "leaves a program with root's set-user-id bit in the granted folder",
    standsFor: 'ATT&CK T1548.001 Setuid and Setgid',
    language: 'sh',
    rights: 'folder',
    program: `cp /bin/cat "$G_GRANTED/root-cat" && chmod 4755 "$G_GRANTED/root-cat"; ls -ln "$G_GRANTED"; id -u`,
    recorded: 'a file of root with the bit, in the granted folder',
    succeeded: isRootsOfMode('project/granted/root-cat', 0o4000),
    fails: /^[1-9]\d{3,}$/m,
    why: 'it is the file of a user who is nobody else',
    needsRoot: true,
  },
  {
    id: 'set-user-id-run',
    class: 'files with rights',
    tries: "runs root's set-user-id program as somebody else",
    standsFor: 'CWE-250 Execution with Unnecessary Privileges',
    language: 'python',
    rights: 'folder',
    program: `
import subprocess
if os.getuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)
r = subprocess.run([G['read'] + '/root-cat', G['read'] + '/roots'], capture_output=True, text=True)
print(r.stdout, r.stderr)`,
    recorded: 'what only root can read, in its output',
    succeeded: printedSecret,
    fails: /Permission denied/,
    why: 'no new rights are given, and mounts ignore the bit',
    needsRoot: true,
    isQuick: true,
  },
  {
    id: 'device-file',
    class: 'files with rights',
    tries: 'makes a device file of a disk',
    standsFor: 'ATT&CK T1006 Direct Volume Access',
    language: 'python',
    rights: 'folder',
    program: `os.mknod(G['granted'] + '/disk', 0o060666, os.makedev(1, 0))`,
    recorded: 'a block device in the granted folder',
    succeeded: isRootsOfMode('project/granted/disk', 0o060000),
    fails: /Operation not permitted/,
    why: 'without CAP_MKNOD the kernel makes none, and mounts ignore devices',
    needsRoot: true,
  },
];
