import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { hasBubblewrap, machine, temporaryFolder } from './fixtures/enclosed.ts';
import {
  findInheritedDescriptors,
  findPrograms,
  findUserManager,
  kernelIsAtLeast,
  machineProbe,
  namespaces,
  probeBubblewrap,
  readHardLimits,
} from './machine.ts';

function program(folder: string, name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

test('the facts are gathered once', async () => {
  const facts = machineProbe();
  assert.equal(facts(), facts());
  assert.equal((await facts()).platform, process.platform);
});

test('programs come from the first folder that has them, and must be executable', () => {
  const [first, second] = [temporaryFolder(), temporaryFolder()];
  writeFileSync(join(first, 'podman'), '', { mode: 0o644 });
  const podman = program(second, 'podman', ':');
  const bwrap = program(first, 'bwrap', ':');
  program(second, 'bwrap', ':');
  assert.deepEqual(findPrograms([first, second]), { bwrap, podman });
});

test('bubblewrap is believed when it ran: its own words say why it did not', async () => {
  const folder = temporaryFolder();
  const prlimit = program(folder, 'prlimit', ':');
  const bwrap = program(
    folder,
    'bwrap',
    '[ "$1" = --help ] && echo --ro-bind-fd && exit; echo "setting up uid map: denied" >&2; exit 1',
  );
  assert.equal(await probeBubblewrap({ prlimit }, 1000), undefined);
  const facts = await probeBubblewrap({ bwrap, prlimit }, 1000);
  assert.deepEqual(facts, {
    problem: 'setting up uid map: denied',
    bindsDescriptors: false,
    disablesUserNamespaces: false,
  });
  assert.match((await probeBubblewrap({ bwrap }, 1000))?.problem ?? '', /prlimit/);
  assert.match((await probeBubblewrap({ bwrap, prlimit }, 0))?.problem ?? '', /setpriv/);
  const working = program(folder, 'bwrap', '[ "$1" = --help ] && echo --ro-bind-fd; exit 0');
  assert.deepEqual(await probeBubblewrap({ bwrap: working, prlimit }, 1000), {
    problem: '',
    bindsDescriptors: true,
    disablesUserNamespaces: false,
  });
  assert.equal(machine.bubblewrap?.problem === '', hasBubblewrap);
});

test('root makes no user namespace and keeps only the way to become another', () => {
  const kept = (options: readonly string[]) =>
    options.filter((option) => option.startsWith('CAP_'));
  assert.deepEqual(kept(namespaces(0, true)), ['CAP_SETUID', 'CAP_SETGID']);
  assert.equal(namespaces(0, true).includes('--unshare-user'), false);
  assert.deepEqual(kept(namespaces(1000, true)), []);
  assert.ok(namespaces(1000, true).includes('--disable-userns'));
  assert.ok(!namespaces(1000, false).includes('--disable-userns'));
});

test('a descriptor is inherited when it outlives the start of a program', () => {
  const folder = temporaryFolder();
  const files = { 0: '0100002', 5: '0100000', 6: '02100000', 300: '01', 70000: '0' };
  for (const [name, flags] of Object.entries(files)) {
    writeFileSync(join(folder, name), `pos:\t0\nflags:\t${flags}\nmnt_id:\t1\n`);
  }
  assert.deepEqual(
    findInheritedDescriptors(folder).toSorted((a, b) => a - b),
    [5, 300],
  );
});

test('versions are compared by number', () => {
  const releases = ['5.14.0-70-generic', '5.4.0', '6.1.0', '4.18.0', '', '5.15'];
  assert.deepEqual(
    releases.map((release) => kernelIsAtLeast(release, [5, 14])),
    [true, false, true, false, false, true],
  );
});

test('a service manager of the user counts when it can be reached; root has no use for it', () => {
  const folder = temporaryFolder();
  assert.equal(findUserManager(folder, 1000), undefined);
  mkdirSync(join(folder, '1000/systemd'), { recursive: true });
  for (const name of ['bus', 'systemd/private']) writeFileSync(join(folder, '1000', name), '');
  assert.equal(findUserManager(folder, 1000), join(folder, '1000'));
  assert.equal(findUserManager(folder, 0), undefined);
});

test('our own hard limits are read where there are any', () => {
  const text =
    'Limit                     Soft Limit           Hard Limit           Units     \n' +
    'Max processes             63000                63000                processes \n' +
    'Max open files            1024                 524288               files     \n' +
    'Max file size             unlimited            unlimited            bytes     \n';
  assert.deepEqual(
    [...readHardLimits(text)],
    [
      ['nofile', 524_288],
      ['nproc', 63_000],
    ],
  );
  assert.deepEqual([...readHardLimits('')], []);
});
