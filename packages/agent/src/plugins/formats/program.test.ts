import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { pluginFolder } from './fixtures/plugins.ts';
import { PluginFolder } from './plugin-folder.ts';
import { foreignProgram } from './program.ts';
import type { ForeignProgram } from './program.ts';

type Read = (written: string, ...parameters: string[]) => Promise<ForeignProgram>;

async function reader(t: TestContext): Promise<Read> {
  const folder = await PluginFolder.open(await pluginFolder(t, { 'bin/run.sh': '', server: '' }));
  return (written, ...parameters) => foreignProgram(written, parameters, folder);
}

test('programs are within the plugin or found by name', async (t) => {
  const read = await reader(t);
  const commands: readonly (readonly [string, readonly string[]])[] = [
    ['node', ['node']],
    ['${plugin.root}/bin/run.sh', ['./bin/run.sh']],
    ['./server', ['./server']],
    ['bin/run.sh', ['./bin/run.sh']],
    ['/usr/bin/python3', ['python3']],
  ];
  for (const [written, command] of commands) {
    const found = await read(written);
    assert.deepEqual('command' in found ? found.command : found, command, written);
  }
});

test('programs elsewhere, unknown or missing drop the server with the reason', async (t) => {
  const read = await reader(t);
  const reasons: readonly (readonly [string, RegExp])[] = [
    ['../run.sh', /outside the plugin/],
    ['${plugin.root}/../x', /outside the plugin/],
    ['/opt/thing/run', /outside the plugin/],
    ['./missing.sh', /not in the plugin/],
    ['${configuration.program}', /only when it starts/],
    ['${plugin.root}', /only when it starts/],
    ['npx -y thing', /not the name of one program/],
    ['docker', /container|sandbox/],
  ];
  for (const [written, reason] of reasons) {
    const found = await read(written);
    assert.match('dropped' in found ? found.dropped : '', reason, written);
  }
});

test('a program that is downloaded is named, with the package that would pin it', async (t) => {
  const read = await reader(t);
  const packages: readonly (readonly [readonly [string, ...string[]], object | undefined])[] = [
    [['npx', '-y', '@a/b@1.2.3', '--flag'], { type: 'npm', package: '@a/b', version: '1.2.3' }],
    [['npx', '--package=@a/b', 'run'], { type: 'npm', package: '@a/b' }],
    [['uvx', '--from', 'a==1.0', 'b'], { type: 'pypi', package: 'a', version: '1.0' }],
    [['uvx', '--python', '3.12', 'a@2.0'], { type: 'pypi', package: 'a', version: '2.0' }],
    [['npx', '-y', 'github:a/b'], undefined],
    [['uv', 'run', 'server.py'], undefined],
  ];
  for (const [[written, ...parameters], wanted] of packages) {
    const found = await read(written, ...parameters);
    assert.ok('command' in found);
    assert.deepEqual(found.program, wanted, parameters.join(' '));
    assert.equal(found.processes, true);
    assert.match(found.notes.join(), /when it starts/);
  }
});

test('a shell starts other programs, a program of its own does not', async (t) => {
  const read = await reader(t);
  const processes = async (written: string): Promise<boolean> => {
    const found = await read(written);
    return 'processes' in found && found.processes;
  };
  assert.deepEqual(await Promise.all(['bash', './bin/run.sh', 'node', './server'].map(processes)), [
    true,
    true,
    false,
    false,
  ]);
});
