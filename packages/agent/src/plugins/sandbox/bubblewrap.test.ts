import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { requirement } from '@opencomputer/testkit';
import { bubblewrapSandbox } from './bubblewrap.ts';
import {
  hasBubblewrap,
  limits,
  machine,
  rightsFor,
  runEnclosed,
  runPlainly,
  settingsFor,
  specificationOf,
  temporaryFolder,
} from './fixtures/enclosed.ts';
import { chooseSandbox } from './sandbox.ts';

const folder = temporaryFolder();
const sh = (script: string) => specificationOf('/bin/sh', '-c', script);
const node = (script: string) => specificationOf(process.execPath, '-e', script);

if (!hasBubblewrap || requirement('bubblewrap') === undefined) {
  test('what runs foreign code is refused where bubblewrap does not work', () => {
    const need = { plugin: 'shell', official: true, runsForeignCode: true };
    assert.throws(() => chooseSandbox(need, settingsFor(folder)), { code: 'PLUGIN_SANDBOX' });
  });
} else {
  const sandbox = bubblewrapSandbox(settingsFor(folder));
  const parts = temporaryFolder();
  for (const name of ['code', 'notes', 'storage', 'home', 'other']) {
    mkdirSync(join(parts, name));
    writeFileSync(join(parts, name, 'file'), name);
  }

  test('a process has three descriptors, its own variables and nothing of ours', async () => {
    const specification = sh('ls /proc/self/fd; env; cat /proc/1/environ; true');
    const { output } = await runEnclosed(sandbox, {
      ...specification,
      environment: { ...specification.environment, TOKEN: 'a b\nc', LD_PRELOAD: '/x.so' },
    });
    // The fourth is the folder that `ls` reads.
    assert.deepEqual(output.split('\n').slice(0, 4), ['0', '1', '2', '3']);
    const variables = output.split('\n').slice(4).toSorted();
    assert.deepEqual(variables, [
      'HOME=/tmp/home',
      'PATH=/usr/local/bin:/usr/bin:/bin',
      'PWD=/tmp/home',
      'TMPDIR=/tmp',
      'TOKEN=a b',
      'c',
    ]);
  });

  test('a descriptor that our own parent left open does not get in', async () => {
    const host = join(import.meta.dirname, 'fixtures/inherited-host.ts');
    const open = openSync(host, 'r');
    // Node closes the low ones itself; the first gap ends its search.
    const stdio = Array.from({ length: 40 }, (): 'ignore' | 'pipe' | number => 'ignore');
    stdio.splice(1, 1, 'pipe');
    const run = (way: string): string =>
      spawnSync(process.execPath, [host, way], { stdio: [...stdio, open] }).stdout.toString();
    const [plain, enclosed] = [run('plain'), run('sandbox')];
    closeSync(open);
    assert.match(plain, /^40$/m);
    assert.equal(enclosed, '0\n1\n2\n3\n');
  });

  test('it is nobody: no capability, no new rights, a filter, and root of nothing', async () => {
    const { output } = await runEnclosed(
      sandbox,
      sh('id -u; id -G; grep -E "^(Cap(Inh|Prm|Eff|Amb)|NoNewPrivs|Seccomp):" /proc/self/status'),
    );
    const [user, groups, ...status] = output.split('\n');
    assert.notEqual(user, '0');
    assert.equal(groups, user === String(machine.userId) ? String(machine.groupId) : user);
    assert.deepEqual(
      status.map((line) => Number(line.split('\t')[1])),
      [0, 0, 0, 0, 1, 2],
    );
  });

  test('it reads code, writes its own folders, and sees no more of the host', async () => {
    const script = `cd ${parts}; ls; cat code/file; echo new > storage/new && cat storage/new
      echo home > ~/new; ls -a /root /home /etc/shadow /run /sys /var 2>/dev/null
      for f in code/file /usr/x /x /etc/x /dev/x; do echo x > $f; done`;
    const { output, log } = await runEnclosed(sandbox, sh(script), {
      code: [join(parts, 'code')],
      scratch: { home: join(parts, 'home'), storage: [join(parts, 'storage')] },
    });
    assert.equal(output, 'code\nhome\nstorage\ncodenew');
    assert.equal(log.match(/Read-only file system/g)?.length, 5, log);
    assert.equal(readFileSync(join(parts, 'storage/new'), 'utf8'), 'new\n');
    assert.equal(readFileSync(join(parts, 'home/new'), 'utf8'), 'home\n');
  });

  test('Node runs from where it is installed, TLS certificates and time zone included', async () => {
    const script = `const fs = require('fs'); console.log(process.execPath, fs.existsSync('/etc/ssl/certs'),
      fs.readFileSync('/etc/resolv.conf', 'utf8'), require('os').userInfo().username,
      require('os').hostname(), process.cwd())`;
    const { output, log } = await runEnclosed(sandbox, node(script));
    const certificates = existsSync('/etc/ssl/certs');
    assert.equal(output, `${process.execPath} ${certificates}  plugin plugin /tmp/home`, log);
  });

  test('what took the place of a granted folder since is not bound', async () => {
    const granted = join(parts, 'granted');
    mkdirSync(granted);
    const request = { plugin: 'x', rights: rightsFor({ read: [granted] }), breached: assert.fail };
    const enclosed = await sandbox.enclose(sh(`ls ${granted}`), request);
    assert.equal((await runPlainly(enclosed)).problem, 'exit code 0');
    renameSync(granted, join(parts, 'moved'));
    assert.match((await runPlainly(enclosed)).problem, /cannot access/);
    symlinkSync(join(parts, 'other'), granted);
    const { output, problem } = await runPlainly(enclosed);
    assert.equal(output, '');
    assert.match(problem, /was exchanged/);
  });

  test('its groups are gone when it has ended, also when it was killed', async () => {
    const places = [...(machine.controlGroups?.folders.values() ?? [])];
    const groups = (): string[] =>
      places
        .flatMap((place) => readdirSync(place))
        .filter((name) => name.startsWith(`opencomputer-${process.pid}-`));
    const { promise: removed, resolve } = Promise.withResolvers<void>();
    const { clock, ...settings } = settingsFor(folder);
    const watching = bubblewrapSandbox({
      ...settings,
      clock: {
        ...clock,
        after: (delayMs, run) =>
          clock.after(delayMs, () => {
            run();
            if (groups().length === 0) resolve();
          }),
      },
    });
    const { problem } = await runEnclosed(watching, sh('sleep 600 & kill -9 -1; kill -9 $$'));
    assert.match(problem, /exit code 137/);
    if (groups().length > 0) await removed;
    assert.deepEqual(groups(), []);
  });

  test('when we are killed, so is it, with all it started', { timeout: 60_000 }, async () => {
    const home = join(temporaryFolder(), 'home');
    mkdirSync(home);
    spawnSync('mkfifo', ['-m', '666', join(home, 'pipe')]);
    const host = join(import.meta.dirname, 'fixtures/killed-host.ts');
    const running = spawn(process.execPath, [host, home], { stdio: 'ignore' });
    // A host that never starts must not leave us waiting for the pipe's other end.
    running.once('exit', () => closeSync(openSync(join(home, 'pipe'), 'r+')));
    let text = '';
    for await (const chunk of createReadStream(join(home, 'pipe'), 'utf8')) {
      text += String(chunk);
      running.kill('SIGKILL');
    }
    // The pipe ends when nobody has it open any more.
    assert.equal(text, 'ready\n');
  });

  test('a network is one port on its own loopback, whose connections we take', async () => {
    const taken: string[] = [];
    const connect = (socket: Socket): void => {
      socket.once('data', (data: Buffer) => {
        taken.push(data.toString().split('\r\n')[0] ?? '');
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello');
      });
    };
    const script = `fetch('http://example.test/path').then((r) => r.text()).then(async (text) => {
      const { connect } = require('net');
      const other = connect(3129, '127.0.0.1').on('error', (e) => console.log(text, e.code)) })`;
    const { output, log } = await runEnclosed(sandbox, node(script), { network: { connect } });
    assert.equal(output, 'hello ECONNREFUSED', log);
    assert.match(taken.join(), /^GET http:\/\/example\.test\/path HTTP|^CONNECT example\.test:80 /);
  });

  test('every connection comes to us, from the first on', async () => {
    let taken = 0;
    const connect = (socket: Socket): void => {
      taken += 1;
      socket.end('x');
      socket.resume();
    };
    const script = `const { connect } = require('net'); let got = 0;
      for (let i = 0; i < 50; i += 1) connect(3128, '127.0.0.1').on('data', () => (got += 1));
      process.on('exit', () => console.log(got))`;
    const { output, log } = await runEnclosed(sandbox, node(script), { network: { connect } });
    assert.equal(output, '50', log);
    assert.equal(taken, 50);
  });

  test('without its door a process is ended, and its owner is told', async () => {
    const { nsenter: _absent, ...programs } = machine.programs;
    const without = bubblewrapSandbox(settingsFor(folder, { ...machine, programs }));
    const network = { connect: (socket: Socket) => socket.destroy() };
    const { output, breaches } = await runEnclosed(without, sh('echo started'), { network });
    assert.equal(output, '');
    assert.match(breaches.join(), /nsenter/);
  });

  test('a folder that outgrows its bound ends the process', async () => {
    const script = `for i in $(seq 40); do head -c 1000000 /dev/zero > $HOME/$i; done; sleep 60`;
    const { problem, breaches } = await runEnclosed(sandbox, sh(script), {
      scratch: { home: join(parts, 'home'), storage: [] },
    });
    assert.equal(problem, 'signal SIGKILL');
    assert.deepEqual(breaches, [`it keeps more than ${limits.diskMb} MB in its folders`]);
  });

  test('without groups the kernel still counts its processes and bounds each', async () => {
    const plain = bubblewrapSandbox(settingsFor(folder, { ...machine, controlGroups: undefined }));
    const held = plain.describe().map(({ limit, heldBy }) => `${limit}: ${heldBy}`);
    assert.ok(held.includes('memoryMb: resource limit') || machine.userManager !== undefined);
    const { output } = await runEnclosed(plain, node('console.log("runs")'));
    assert.equal(output, 'runs');
    const bomb = 'i=0; while [ $i -lt 200 ]; do sleep 20 & i=$((i+1)); done; echo DONE; kill 0';
    const { output: done, log } = await runEnclosed(plain, sh(bomb));
    assert.equal(done, '');
    assert.match(log, /fork/i);
  });

  test('a start that cannot be made says why, and leaves nothing behind', async () => {
    const closed = join(parts, 'gone');
    const broken = bubblewrapSandbox(settingsFor(closed));
    const { problem } = await runEnclosed(broken, sh('echo x'));
    assert.match(problem, /ENOENT.*gone/);
  });
}
