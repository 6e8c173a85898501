import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from './fixtures/filter-interpreter.ts';
import { ACTION, ERRNO, systemCallFilterBytes } from './system-call-filter.ts';
import { architectures } from './system-calls.ts';

const EPERM = ACTION.fail | ERRNO.notPermitted;
const ENOSYS = ACTION.fail | ERRNO.noSuchCall;
const NO_FAMILY = ACTION.fail | ERRNO.noSuchFamily;
const NEW_USER = 0x1000_0000n;
const THREAD = 0x003d_0f00n;

/** Asks the filter of an architecture about a call by its name or number. */
function ask(name: 'x64' | 'arm64', call: string | number, ...values: bigint[]): number {
  const architecture = architectures[name];
  const bytes = systemCallFilterBytes(name);
  assert.ok(architecture !== undefined && bytes !== undefined);
  const number = typeof call === 'number' ? call : architecture.numbers[call];
  assert.ok(number !== undefined, `${call}`);
  return judge(bytes, {
    number,
    architecture: architecture.auditArchitecture,
    arguments: values,
  });
}

for (const name of ['x64', 'arm64'] as const) {
  test(`${name}: ways to other processes, mounts, namespaces, keys and the kernel are refused`, () => {
    const refused =
      'ptrace process_vm_readv process_vm_writev pidfd_getfd mount umount2 move_mount open_tree ' +
      'fsopen pivot_root chroot unshare setns keyctl add_key request_key bpf perf_event_open ' +
      'userfaultfd kexec_load kexec_file_load init_module finit_module delete_module ' +
      'open_by_handle_at reboot swapon settimeofday clock_settime syslog';
    for (const call of refused.split(' ')) assert.equal(ask(name, call), EPERM, call);
    for (const call of ['clone3', 'io_uring_setup', 'io_uring_enter', 'io_uring_register']) {
      assert.equal(ask(name, call), ENOSYS, call);
    }
    assert.equal(ask(name, 463), ENOSYS);
    assert.equal(ask(name, 0xffff), ENOSYS);
  });

  test(`${name}: threads and processes start, namespaces do not, whatever hides in the high half`, () => {
    assert.equal(ask(name, 'clone', THREAD), ACTION.allow);
    assert.equal(ask(name, 'clone', 17n), ACTION.allow);
    for (let bit = 25n; bit <= 30n; bit += 1n) {
      assert.equal(ask(name, 'clone', 17n | (1n << bit)), EPERM, `bit ${bit}`);
    }
    assert.equal(ask(name, 'clone', 17n | 0x2_0000n), EPERM);
    assert.equal(ask(name, 'clone', NEW_USER | (1n << 40n)), EPERM);
  });

  test(`${name}: sockets are unix and internet streams and datagrams, and questions of routes`, () => {
    const [STREAM, DATAGRAM, RAW, FLAGS] = [1n, 2n, 3n, 0o2004000n];
    assert.equal(ask(name, 'socket', 1n, STREAM | FLAGS, 0n), ACTION.allow);
    assert.equal(ask(name, 'socket', 2n, STREAM | FLAGS, 6n), ACTION.allow);
    assert.equal(ask(name, 'socket', 10n, DATAGRAM, 0n), ACTION.allow);
    assert.equal(ask(name, 'socket', 16n, RAW, 0n), ACTION.allow);
    for (const netlink of [2n, 9n, 12n, 15n]) {
      assert.equal(ask(name, 'socket', 16n, RAW, netlink), NO_FAMILY, `netlink ${netlink}`);
    }
    assert.equal(ask(name, 'socket', 2n, RAW | FLAGS, 1n), EPERM);
    assert.equal(ask(name, 'socket', 10n, RAW, 58n), EPERM);
    assert.equal(ask(name, 'socket', 2n, 10n, 0n), EPERM);
    for (const family of [17n, 40n, 38n, 29n, 31n, 44n]) {
      assert.equal(ask(name, 'socket', family, RAW, 0n), NO_FAMILY, `family ${family}`);
    }
  });

  test(`${name}: a terminal is asked, but nothing is typed into it`, () => {
    assert.equal(ask(name, 'ioctl', 0n, 0x5413n), ACTION.allow);
    assert.equal(ask(name, 'ioctl', 0n, 0x5412n), EPERM);
    assert.equal(ask(name, 'ioctl', 0n, 0x5412n | (1n << 32n)), EPERM);
    assert.equal(ask(name, 'ioctl', 0n, 0x541cn), EPERM);
    assert.equal(ask(name, 'personality', 0xffff_ffffn), ACTION.allow);
    assert.equal(ask(name, 'personality', 0x4_0000n), EPERM);
  });

  test(`${name}: what every program does is allowed`, () => {
    const ordinary =
      name === 'x64' ? [0, 1, 9, 59, 202, 231, 257, 334] : [63, 64, 222, 221, 98, 56];
    for (const number of ordinary) assert.equal(ask(name, number), ACTION.allow, `${number}`);
  });
}

test('another table of calls ends the process, and an unknown architecture has no filter', () => {
  const bytes = systemCallFilterBytes('x64') ?? Buffer.alloc(0);
  assert.equal(judge(bytes, { number: 1, architecture: 0x4000_0003 }), ACTION.kill);
  assert.equal(ask('x64', 0x4000_0000 + 1), ACTION.kill);
  assert.equal(systemCallFilterBytes('mips'), undefined);
});
