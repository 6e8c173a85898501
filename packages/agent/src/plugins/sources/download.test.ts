import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { downloadFile, downloadJson } from './download.ts';
import { startWorkshop } from './fixtures/workshop.ts';
import type { Workshop } from './fixtures/workshop.ts';

let shop: Workshop;
before(async () => {
  shop = await startWorkshop();
});
after(() => shop.close());

const refused = (error: unknown): boolean => isAgentError(error, 'PLUGIN_SOURCE');

it('reads a JSON object and nothing else', async () => {
  const context = await shop.context({ documentBytesMax: 100 });
  const options = { accept: 'application/json', context };
  const good = shop.serve('/good', { body: '{"a":1}' });
  assert.deepEqual(await downloadJson(good, options), { a: 1 });
  for (const body of ['[]', '', '{', `{"a":"${'x'.repeat(100)}"}`]) {
    await assert.rejects(downloadJson(shop.serve('/bad', { body }), options), refused);
  }
  const broken = shop.serve('/broken', { status: 500 });
  await assert.rejects(downloadJson(broken, options), /said 500/);
  await assert.rejects(downloadJson(`${shop.url}/gone`, options), /has none/);
});

it('writes a file and gives its digest', async () => {
  const context = await shop.context({ archiveBytesMax: 100 });
  const body = Buffer.from('content');
  const file = join(context.work, 'file');
  const digest = await downloadFile(shop.serve('/file', body), { file, context });
  assert.equal(digest, shop.sha256Of(body));
  assert.equal(await readFile(file, 'utf8'), 'content');
  await assert.rejects(downloadFile(`${shop.url}/file`, { file, context }), /EEXIST/);
  const large = shop.serve('/large', Buffer.alloc(101));
  await assert.rejects(downloadFile(large, { file: `${file}-large`, context }), refused);
});
