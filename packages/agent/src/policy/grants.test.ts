import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grantsOf } from './grants.ts';

test('a grant names its plugin and its tool', () => {
  assert.deepEqual(grantsOf(['shell/shell_run', 'my-server/my_server_say']), [
    { type: 'tool', plugin: 'shell', tool: 'shell_run' },
    { type: 'tool', plugin: 'my-server', tool: 'my_server_say' },
  ]);
});

test('a tool without a plugin, a plugin without a tool and a longer path grant nothing', () => {
  assert.deepEqual(grantsOf(['shell_run', 'shell/', '/shell_run', 'a/b/c', '', '/']), []);
});
