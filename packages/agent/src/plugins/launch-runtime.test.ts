import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { manifest as manifestSchema } from '@opencomputer/contracts';
import { launchRuntime, runtimeCommand } from './launch-runtime.ts';
import type { PluginCode } from './launch-runtime.ts';

function code(rest: object): PluginCode {
  const manifest = manifestSchema.parse({
    name: 'tried',
    version: '1.0.0',
    framework_version: '*',
    description: 'Is tried.',
    ...rest,
  });
  return { manifest, directory: '/plugins/tried' };
}

const interpreters = { node: '/bin/node', python: '/bin/python3' };

test('each runtime is its interpreter with the entry, or its command', () => {
  const commandOf = (rest: object): string => runtimeCommand(code(rest), interpreters).join(' ');
  assert.equal(commandOf({ runtime: 'node' }), '/bin/node /plugins/tried/handler.js');
  const python = commandOf({ runtime: 'python', entry: 'handler.py' });
  assert.equal(python, '/bin/python3 -E -s -B /plugins/tried/handler.py');
  const own = commandOf({ runtime: 'mcp', command: ['./bin/tried', '--stdio'] });
  assert.equal(own, '/plugins/tried/bin/tried --stdio');
  assert.equal(commandOf({ runtime: 'command', command: ['sh', '-c', 'x'] }), 'sh -c x');
});

test('a runtime that is no process of this machine is refused', () => {
  const http = code({ runtime: 'mcp', url: 'https://example.com/mcp' });
  assert.throws(() => runtimeCommand(http, interpreters), { code: 'PLUGIN_START' });
  const none = code({ runtime: 'none' });
  assert.throws(() => runtimeCommand(none, interpreters), { code: 'PLUGIN_START' });
});

test('the process sees a home of its own and no variables of the machine beyond a few', async (t) => {
  const scratch = mkdtempSync(join(tmpdir(), 'launch-'));
  t.after(() => rmSync(scratch, { recursive: true }));
  const environment = { PATH: '/bin', LANG: 'C', OPENAI_API_KEY: 'secret' };
  const places = { ...interpreters, scratch, environment };
  const specification = await launchRuntime(code({ runtime: 'python' }), places);
  const home = join(scratch, 'tried');
  assert.deepEqual(specification.environment, {
    PATH: '/bin',
    LANG: 'C',
    HOME: home,
    TMPDIR: home,
  });
  assert.equal(specification.directory, home);
  assert.equal(statSync(home).mode & 0o777, 0o700);
});
