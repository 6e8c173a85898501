import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { pluginConformance } from '@opencomputer/testkit';

const program = fileURLToPath(new URL('handler.ts', import.meta.url));

for (const { name, run } of pluginConformance({
  command: process.execPath,
  arguments: [program],
  tools: ['hello_greet'],
  sample: { tool: 'hello_greet', input: { name: 'Ada' } },
})) {
  test(name, run);
}
