import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { nodePluginConformance } from '@opencomputer/testkit';
import { parse } from 'yaml';
import { createTools } from './tools.ts';

const server = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Trees</title><p>Oaks.</p>');
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
after(() => server.close());
const { port } = server.address() as AddressInfo;

const folder = join(import.meta.dirname, '..');
const cases = nodePluginConformance({
  folder,
  manifest: parse(readFileSync(join(folder, 'manifest.yaml'), 'utf8')),
  tools: createTools({
    resolve: () => Promise.resolve(['127.0.0.1']),
    isAllowed: () => true,
  }),
  samples: { web_fetch: { url: `http://page.test:${port}/` } },
  // The process has the real network, which is not to be needed here.
  served: { tool: 'web_fetch', input: { url: `http://127.0.0.1:${port}/` }, status: 'refused' },
});
for (const { name, run } of cases) test(name, run);
