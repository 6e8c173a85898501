// Owns what a process sees as the root of the file system: the system read-only, a made /etc and /dev,
// memory for /tmp, and what was granted. Refuses everything else of the host by not showing it.

import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { isWithin, SYSTEM_FOLDERS } from './rights.ts';
import type { Grant } from './rights.ts';

/** HOME of a process whose scratch folder does not last. */
export const MEMORY_HOME = '/tmp/home';
/** What the process is called inside; its host has another name. */
const USER_NAME = 'plugin';
/** Of the host's /etc: what the loader, TLS, local time and Debian's alternatives need. */
const SYSTEM_SETTINGS = [
  '/etc/alternatives',
  '/etc/ca-certificates',
  '/etc/ld.so.cache',
  '/etc/localtime',
  '/etc/pki/ca-trust',
  '/etc/pki/tls/certs',
  '/etc/ssl/certs',
];
const DEVICES = ['full', 'null', 'random', 'urandom', 'zero'];

/** Hands a file to bubblewrap; each gives the number that the descriptor has in its process. */
export interface Descriptors {
  /** A file with this content. */
  content(text: string): number;
  /** What stands at a resolved path now, when that is still what was resolved. */
  path(source: string): number | undefined;
}

/** What the root is made of. */
export interface InnerRootPlan {
  readonly grants: readonly Grant[];
  readonly userId: number;
  readonly groupId: number;
  readonly home: string;
  readonly memoryBytes: number;
  readonly bindsDescriptors: boolean;
}

/** Options of bubblewrap that build the root, in the order in which it must follow them. */
export function innerRoot(plan: InnerRootPlan, descriptors: Descriptors): readonly string[] {
  const folders = new FolderMaker();
  const settings = SYSTEM_SETTINGS.filter((path) => existsSync(path));
  return [
    SYSTEM_FOLDERS.flatMap(systemFolder),
    ['--proc', '/proc'],
    folders.make('/dev/x'),
    DEVICES.flatMap((name) => ['--dev-bind', `/dev/${name}`, `/dev/${name}`]),
    ['--symlink', '/proc/self/fd', '/dev/fd', '--symlink', '/tmp', '/dev/shm'],
    ['in', 'out', 'err'].flatMap((name, index) => [
      '--symlink',
      `/proc/self/fd/${index}`,
      `/dev/std${name}`,
    ]),
    settings.flatMap((path) => [...folders.make(path), '--ro-bind', path, path]),
    Object.entries(madeSettings(plan)).flatMap(([path, text]) => [
      ...folders.make(path),
      '--perms',
      '0444',
      '--file',
      String(descriptors.content(text)),
      path,
    ]),
    ['--perms', '1777', '--size', String(plan.memoryBytes), '--tmpfs', '/tmp'],
    ['--perms', '0777', '--dir', MEMORY_HOME],
    plan.grants.flatMap((grant) => bind(grant, { plan, descriptors, folders })),
    ['--remount-ro', '/'],
  ].flat();
}

/** Makes the folders above a path once, open to everybody: bubblewrap itself would close them. */
class FolderMaker {
  readonly #made = new Set(['/', '/tmp', '/usr', '/proc']);

  make(path: string): readonly string[] {
    const parents: string[] = [];
    for (let parent = dirname(path); !this.#made.has(parent); parent = dirname(parent)) {
      this.#made.add(parent);
      parents.unshift(parent);
    }
    return parents.flatMap((parent) => ['--perms', '0755', '--dir', parent]);
  }
}

interface BindingPlace {
  readonly plan: InnerRootPlan;
  readonly descriptors: Descriptors;
  readonly folders: FolderMaker;
}

function bind(grant: Grant, { plan, descriptors, folders }: BindingPlace): readonly string[] {
  const { source, target, access } = grant;
  if (access === 'device') return [...folders.make(target), '--dev-bind', source, target];
  const option = access === 'write' ? '--bind' : '--ro-bind';
  const isInside = plan.grants.some(
    (other) => other.target !== target && isWithin(target, other.target),
  );
  // Inside another granted folder its own folders exist, and making any would write to the host.
  const parents = isInside ? [] : folders.make(target);
  const descriptor = descriptors.path(source);
  if (descriptor === undefined) return [];
  return plan.bindsDescriptors
    ? [...parents, `${option}-fd`, String(descriptor), target]
    : [...parents, option, source, target];
}

/** /usr, and /lib and its like: links into /usr on most systems, folders on some. */
function systemFolder(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  return lstatSync(path).isSymbolicLink()
    ? ['--symlink', readlinkSync(path), path]
    : ['--ro-bind', path, path];
}

function madeSettings({ userId, groupId, home }: InnerRootPlan): Readonly<Record<string, string>> {
  return {
    '/etc/group': `root:x:0:\n${USER_NAME}:x:${groupId}:\n`,
    '/etc/hosts': '127.0.0.1 localhost\n',
    '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
    '/etc/passwd':
      'root:x:0:0::/:/usr/sbin/nologin\n' +
      `${USER_NAME}:x:${userId}:${groupId}::${home}:/usr/sbin/nologin\n`,
    // No name server: names are resolved by the proxy, or not at all.
    '/etc/resolv.conf': '',
  };
}
