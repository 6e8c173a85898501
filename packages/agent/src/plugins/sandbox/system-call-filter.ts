// Owns the seccomp filter of plugins: what no plugin may ask of the kernel, whatever its rights are.
// Refuses by an errno where programs have another way, and by death for a foreign call table.

import { and, assemble, finish, load, OFFSET, unlessOneOf, when } from './filter-program.ts';
import type { Instruction } from './filter-program.ts';
import { architectures, NUMBER_MAX } from './system-calls.ts';
import type { Architecture } from './system-calls.ts';

/** What a filter returns (linux/seccomp.h); an errno stands in its low 16 bits. */
export const ACTION = { allow: 0x7fff_0000, kill: 0x8000_0000, fail: 0x0005_0000 } as const;
export const ERRNO = { notPermitted: 1, noSuchCall: 38, noSuchFamily: 97 } as const;

/**
 * Calls with their own handling: `clone` may start threads and processes but no namespaces, `clone3`
 * hides its flags in memory, so libraries are sent back to `clone`.
 */
const SPECIAL: ReadonlySet<string> = new Set([
  'clone',
  'clone3',
  'ioctl',
  'io_uring_setup',
  'io_uring_enter',
  'io_uring_register',
  'personality',
  'socket',
]);
/** Every CLONE_NEW* flag: mount, cgroup, UTS, IPC, user, PID and network namespaces. */
const NAMESPACE_FLAGS = 0x7e02_0000;
/** Typing into the terminal (TIOCSTI), and the console's menu (TIOCLINUX). */
const TERMINAL_INJECTIONS = [0x5412, 0x541c];
const FAMILY = { unix: 1, internet: 2, internet6: 10, netlink: 16 } as const;
const SOCKET_TYPE_MASK = 0xf;
const SOCKET_RAW_TYPES = [3, 10];
const NETLINK_ROUTE = 0;
/** The plain personality, and the question for the present one. */
const PERSONALITIES = [0, 0xffff_ffff];

const refuse = (errno: number): Instruction => finish(ACTION.fail | errno);
const allow = finish(ACTION.allow);

/** The filter's program, or undefined for an architecture that has no table. */
export function systemCallFilter(architecture: string): readonly Instruction[] | undefined {
  const known = architectures[architecture];
  return known === undefined ? undefined : program(known);
}

/** The filter as `bwrap --seccomp` reads it. */
export function systemCallFilterBytes(architecture: string): Buffer | undefined {
  const filter = systemCallFilter(architecture);
  return filter === undefined ? undefined : assemble(filter);
}

function program({ auditArchitecture, x32Bit, numbers }: Architecture): readonly Instruction[] {
  const number = (name: string): number => {
    const found = numbers[name];
    if (found === undefined) throw new Error(`no number for ${name}`);
    return found;
  };
  const on = (name: string, then: readonly Instruction[]): readonly Instruction[] =>
    when('jumpIfEqual', number(name), then);
  const denied = Object.keys(numbers).filter((name) => !SPECIAL.has(name));
  return [
    load(OFFSET.architecture),
    ...unlessOneOf([auditArchitecture], [finish(ACTION.kill)]),
    load(OFFSET.number),
    ...(x32Bit === undefined ? [] : when('jumpIfGreaterOrEqual', x32Bit, [finish(ACTION.kill)])),
    ...when('jumpIfGreaterOrEqual', NUMBER_MAX + 1, [refuse(ERRNO.noSuchCall)]),
    ...denied.flatMap((name) => on(name, [refuse(ERRNO.notPermitted)])),
    ...['clone3', 'io_uring_setup', 'io_uring_enter', 'io_uring_register'].flatMap((name) =>
      on(name, [refuse(ERRNO.noSuchCall)]),
    ),
    ...on('clone', [
      load(OFFSET.argumentLow(0)),
      ...when('jumpIfAnyBit', NAMESPACE_FLAGS, [refuse(ERRNO.notPermitted)]),
      allow,
    ]),
    ...on('ioctl', [
      load(OFFSET.argumentLow(1)),
      ...TERMINAL_INJECTIONS.flatMap((request) =>
        when('jumpIfEqual', request, [refuse(ERRNO.notPermitted)]),
      ),
      allow,
    ]),
    ...on('personality', [
      load(OFFSET.argumentLow(0)),
      ...unlessOneOf(PERSONALITIES, [refuse(ERRNO.notPermitted)]),
      allow,
    ]),
    ...on('socket', socketRules()),
    allow,
  ];
}

/** Stream and datagram sockets of unix and internet, and the read-only questions of getifaddrs. */
function socketRules(): readonly Instruction[] {
  return [
    load(OFFSET.argumentLow(0)),
    ...when('jumpIfEqual', FAMILY.unix, [allow]),
    ...when('jumpIfEqual', FAMILY.netlink, [
      load(OFFSET.argumentLow(2)),
      ...unlessOneOf([NETLINK_ROUTE], [refuse(ERRNO.noSuchFamily)]),
      allow,
    ]),
    ...unlessOneOf([FAMILY.internet, FAMILY.internet6], [refuse(ERRNO.noSuchFamily)]),
    load(OFFSET.argumentLow(1)),
    and(SOCKET_TYPE_MASK),
    ...SOCKET_RAW_TYPES.flatMap((type) => when('jumpIfEqual', type, [refuse(ERRNO.notPermitted)])),
    allow,
  ];
}
