import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import type { ToolOutcome } from '@opencomputer/contracts';
import { runHandler } from '@opencomputer/plugin';
import { SHOWN_CHARACTERS_MAX, createTools, tools } from './tools.ts';

const pages: Readonly<Record<string, readonly [number, string, string]>> = {
  '/page': [200, 'text/html; charset=utf-8', '<title>Trees</title><p>Oaks grow <b>slowly</b>.</p>'],
  '/bare': [200, '', '<!doctype html><title>Bare</title><p>Still a page.'],
  '/data.json': [200, 'application/json', '{"a":[1,2]}'],
  '/broken.json': [200, 'application/ld+json', '{"a":'],
  '/plain.txt': [200, 'text/plain', ' hello \n'],
  '/long.txt': [200, 'text/plain', 'word '.repeat(SHOWN_CHARACTERS_MAX / 4)],
  '/file.pdf': [200, 'application/pdf', '%PDF-1.7'],
  '/image.png': [200, 'image/png', 'x'],
  '/empty': [200, 'text/html', ''],
  '/missing': [404, 'text/html', 'no'],
};
const server = createServer((request, response) => {
  const [status, type, body] = pages[request.url ?? ''] ?? [500, 'text/plain', ''];
  response.writeHead(status, type === '' ? {} : { 'content-type': type }).end(body);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
after(() => server.close());
const { port } = server.address() as AddressInfo;
const local = createTools({
  resolve: () => Promise.resolve(['127.0.0.1']),
  isAllowed: () => true,
});

function get(path: string, part?: number): Promise<ToolOutcome> {
  const url = `http://page.test:${port}${path}`;
  const input = part === undefined ? { url } : { url, part };
  return runHandler(local, { tool: 'web_fetch', input });
}

async function text(path: string, status = 'done'): Promise<string> {
  const found = await get(path);
  assert.equal(found.status, status, found.text);
  return found.text.replaceAll(`http://page.test:${port}`, '');
}

test('a page is answered with its title, its address and its text', async () => {
  assert.equal(await text('/page'), '**Trees**\n/page\n\nOaks grow slowly.');
  assert.equal(await text('/bare'), '**Bare**\n/bare\n\nStill a page.');
  assert.match(await text('/empty'), /The page has no text\.$/);
});

test('data and plain text are shown as they are', async () => {
  assert.match(await text('/data.json'), /^\*\*data.json\*\*[^]*\{\n {2}"a": \[\n/);
  assert.match(await text('/broken.json'), /\{"a":$/);
  assert.match(await text('/plain.txt'), /\n\nhello$/);
});

test('a long page comes in parts', async () => {
  assert.match(await text('/long.txt'), /\(part 1 of 2\)$/);
  assert.match((await get('/long.txt', 2)).text, /\(part 2 of 2\)$/);
  assert.equal((await get('/long.txt', 3)).status, 'refused');
});

test('what is no text, and pages that are not there, are refused with the reason', async () => {
  assert.match(await text('/file.pdf', 'refused'), /is a PDF file/);
  assert.match(await text('/image.png', 'refused'), /no text \(image\/png\)/);
  assert.match(await text('/missing', 'refused'), /404: there is no such page/);
  assert.match(await text('/other', 'refused'), /answered with 500/);
});

test('the tools that are served refuse this machine', async () => {
  const url = `http://127.0.0.1:${port}/page`;
  const found = await runHandler(tools, { tool: 'web_fetch', input: { url } });
  assert.equal(found.status, 'refused');
  assert.match(found.text, /not on the public internet/);
});
