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
    notes_create: { text: 'the code is on the fridge', title: 'Wifi' },
    notes_find: { query: 'code' },
  },
});
for (const { name, run } of cases) test(name, run);
