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
    calendar_create: { title: 'Dentist', start: '2026-01-06T09:00:00Z' },
    calendar_list: { from: '2026-01-06' },
    calendar_free: { from: '2026-01-06', duration: 'PT1H' },
  },
});
for (const { name, run } of cases) test(name, run);
