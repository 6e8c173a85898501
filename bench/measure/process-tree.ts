// Owns what the kernel says about a process and all below it: CPU seconds and resident memory.
// Refuses systems without /proc.

import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of the kernel's clock a second (USER_HZ), fixed at 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** The fields of /proc/PID/stat after the name, which may hold spaces; undefined when it is gone. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** The process and all its descendants that run now. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? statOf(Number(name))?.[1] : undefined;
    if (parent === undefined) continue;
    const siblings = children.get(Number(parent)) ?? [];
    children.set(Number(parent), [...siblings, Number(name)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** User and system seconds of the tree so far, children that have ended included; 10 ms steps. */
export function cpuSeconds(root: number): number {
  return processTree(root).reduce((sum, pid) => sum + ticks(statOf(pid), [11, 12, 13, 14]), 0);
}

/** The same of all children of this process that have ended. */
export function endedChildrenCpuSeconds(): number {
  return ticks(statOf(process.pid), [13, 14]);
}

/** Resident memory of the tree, in units of 1,048,576 bytes; shared pages count in each process. */
export function residentMegabytes(root: number): number {
  const kilobytes = processTree(root).map((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'latin1');
      return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    } catch {
      return 0;
    }
  });
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
}

function ticks(stat: readonly string[] | undefined, fields: readonly number[]): number {
  const sum = fields.reduce((total, field) => total + Number(stat?.[field] ?? 0), 0);
  return sum / ticksPerSecond;
}
