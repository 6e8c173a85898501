import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { containerSandbox } from './container.ts';
import {
  machine,
  rightsFor,
  runEnclosed,
  settingsFor,
  specificationOf,
  temporaryFolder,
} from './fixtures/enclosed.ts';

const folder = temporaryFolder();
const granted = join(folder, 'a,readonly="x"');
mkdirSync(granted);
/** Stands for the engine: it writes down what it was asked, and ends as told. */
const engine = join(folder, 'engine');
writeFileSync(
  engine,
  `#!/bin/sh\n[ "$1" = rm ] && echo "$@" > ${folder}/removed && exit\n` +
    'printf "%s\\n" "$@"; echo ---; cat /dev/fd/3; echo ---; env\n',
);
chmodSync(engine, 0o755);
const facts = { ...machine, userId: 1000, groupId: 100, programs: { runsc: '/usr/bin/runsc' } };
const sandbox = containerSandbox(settingsFor(folder, facts), { engine, image: 'base:1' });

test('a container gets its limits, no network, no rights, and only the folders that were granted', async () => {
  const specification = {
    ...specificationOf('/usr/bin/node', 'server.js'),
    environment: { PATH: '/host', TOKEN: 'secret', DOCKER_HOST: 'tcp://elsewhere' },
  };
  const { output, problem } = await runEnclosed(sandbox, specification, { read: [granted] });
  assert.equal(problem, 'exit code 0');
  const [asked = '', variables = '', own = ''] = output.split('---\n');
  const line = asked.replaceAll('\n', ' ');
  for (const part of [
    '--runtime runsc',
    '--network none --read-only --cap-drop ALL',
    '--security-opt no-new-privileges --user 1000:100',
    '--memory 268435456 --memory-swap 268435456 --cpus 1 --pids-limit 64',
    '--tmpfs /tmp:rw,nosuid,nodev,mode=1777,size=16m',
    '--pull never',
    '--entrypoint /usr/bin/node base:1 server.js',
  ]) {
    assert.ok(line.includes(part), part);
  }
  const quoted = granted.replaceAll('"', '""');
  assert.ok(asked.includes(`\ntype=bind,"source=${quoted}","target=${quoted}",readonly\n`), asked);
  assert.match(variables, /TOKEN=secret\n/);
  assert.doesNotMatch(variables, /^PATH=/m);
  assert.doesNotMatch(asked + own, /secret|elsewhere/);
});

test('its end removes the container: the client is not the container', async () => {
  await runEnclosed(sandbox, specificationOf('/bin/true'));
  assert.match(readFileSync(join(folder, 'removed'), 'utf8'), /^rm --force opencomputer-/);
});

test('what a container cannot hold is refused', async () => {
  const specification = specificationOf('/bin/true');
  const request = { plugin: 'x', rights: rightsFor(), breached: assert.fail };
  const rights = rightsFor({ network: { connect: () => assert.fail() } });
  const code = 'PLUGIN_SANDBOX';
  await assert.rejects(sandbox.enclose(specification, { ...request, rights }), { code });
  const environment = { TOKEN: 'a\nDOCKER=x' };
  await assert.rejects(sandbox.enclose({ ...specification, environment }, request), { code });
});
