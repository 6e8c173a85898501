import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodePluginConformance } from '@opencomputer/testkit';
import { parse } from 'yaml';
import { tools } from './tools.ts';

const folder = join(import.meta.dirname, '..');
const cases = nodePluginConformance({
  folder,
  manifest: parse(readFileSync(join(folder, 'manifest.yaml'), 'utf8')),
  tools,
  samples: {
    tasks_add: { text: 'call Bob', at: '2026-01-06T09:00:00Z', repeat: 'FREQ=DAILY' },
    tasks_list: { kind: 'all' },
    tasks_fired: { id: 'none' },
    tasks_timers: { after: 'a' },
  },
});
for (const { name, run } of cases) test(name, run);
