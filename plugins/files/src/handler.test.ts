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
    files_find: { query: 'manifest' },
    files_read: { path: 'README.md' },
    files_summarise: { path: 'README.md' },
  },
  folders: [folder],
});
for (const { name, run } of cases) test(name, run);
