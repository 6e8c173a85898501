// The Python kit has no tests of ours to run beside it: its own, and the suite for any plugin, are
// run from here.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { requirement } from '../requirement.ts';
import { pluginConformance } from './plugin.ts';

const kit = join(import.meta.dirname, '../../../../sdks/python-plugin');
const python = requirement('python');

if (python !== undefined) {
  test('the tests of the Python kit pass', () => {
    const words = ['-B', '-W', 'error', '-m', 'unittest', 'discover', '-s', 'tests'];
    const environment = { ...process.env, PYTHONPATH: join(kit, 'src') };
    const { status, stderr } = spawnSync(python, words, { cwd: kit, env: environment });
    assert.equal(status, 0, stderr.toString());
  });

  const cases = pluginConformance({
    command: python,
    arguments: ['-E', '-s', '-B', join(kit, 'tests', 'echo.py')],
    tools: 'echo context refuse raise nonsense wait stubborn later service count'.split(' '),
    sample: { tool: 'echo', input: { text: 'hello' }, idempotent: true },
  });
  for (const { name, run } of cases) test(`the Python kit: ${name}`, run);
}
