// Owns the ways in which the world shows that a program succeeded. Refuses the program's own word: it
// must print what only the world knows, or leave a mark that the host finds.

import { globSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Ground, ProcessView, Seen } from './probe.ts';

/** It printed the secret of the world. */
export function printedSecret({ output, ground }: Seen): boolean {
  return output.includes(ground.canary);
}

/** Something that carries its token arrived at a place of the world. */
export function arrivedAt(place: RegExp): (seen: Seen) => boolean {
  return ({ hits, ground }) =>
    hits.some(({ at, text }) => place.test(at) && text.toLowerCase().includes(ground.token));
}

/** The secret itself arrived at a place of the world. */
export function secretArrivedAt(place: RegExp): (seen: Seen) => boolean {
  return ({ hits, ground }) =>
    hits.some(({ at, text }) => place.test(at) && text.includes(ground.canary));
}

/** A file of the world, by its path on the ground, now has the token. */
export function wroteTo(path: (ground: Ground) => string): (seen: Seen) => boolean {
  return ({ ground }) => {
    try {
      return readFileSync(path(ground), 'latin1').includes(ground.token);
    } catch {
      // It is not there, or no file.
      return false;
    }
  };
}

/** A place on the ground is of a kind (`S_IFMT` and the bits below), and root's. */
export function isRootsOfMode(path: string, mode: number): (seen: Seen) => boolean {
  return ({ ground }) => {
    const status = lstatSync(join(ground.folder, path), { throwIfNoEntry: false });
    return status !== undefined && (status.mode & mode) === mode && status.uid === 0;
  };
}

/** A link or folder that was on the ground is gone. */
export function isGone(path: (ground: Ground) => string): (seen: Seen) => boolean {
  return ({ ground }) => lstatSync(path(ground), { throwIfNoEntry: false }) === undefined;
}

/** A process holds, as its descriptor 9, what the kernel calls this. */
export function holds(kind: RegExp): (seen: Seen) => boolean {
  return some(({ shown }) => kind.test(shown));
}

/** One of its processes is as described. */
export function some(is: (view: ProcessView, seen: Seen) => boolean): (seen: Seen) => boolean {
  return (seen) => seen.processes.some((view) => is(view, seen));
}

/** Its processes lived in two user namespaces. */
export function hasTwoUserNamespaces({ processes }: Seen): boolean {
  const own = processes.map(({ userNamespace }) => userNamespace).filter((name) => name !== '');
  return new Set(own).size > 1;
}

/** The link that stands at a path, or an empty text. */
export function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // It is gone, or not ours to see.
    return '';
  }
}

/** Control groups of the host that carry a token. */
export function groupsOf(token: string): readonly string[] {
  return globSync([`/sys/fs/cgroup/escape-${token}`, `/sys/fs/cgroup/*/escape-${token}`]);
}
