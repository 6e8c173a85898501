import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startWorkshop } from './fixtures/workshop.ts';
import type { Workshop } from './fixtures/workshop.ts';

let shop: Workshop;
before(async () => {
  shop = await startWorkshop();
});
after(() => shop.close());

describe('a server.json', () => {
  const text = JSON.stringify({ name: 'io.example/weather', version: '1.0.0' });

  it('is taken from a path or an address', async () => {
    await shop.file('server.json', Buffer.from(text));
    const url = shop.serve('/server.json', Buffer.from(text));
    for (const reference of ['server:./server.json', `server:${url}`]) {
      const fetched = await shop.fetch(reference);
      assert.deepEqual(fetched.source, { type: 'server', name: 'io.example/weather' });
      const kept: unknown = JSON.parse(
        await readFile(join(fetched.directory, 'server.json'), 'utf8'),
      );
      assert.deepEqual(kept, JSON.parse(text));
      await fetched.dispose();
    }
  });

  it('is refused when it is none', async () => {
    await shop.file('other.json', Buffer.from('[]'));
    await shop.refuses('server:./other.json', 'PLUGIN_SOURCE');
    await shop.file('broken.json', Buffer.from('{'));
    await shop.refuses('server:./broken.json', 'PLUGIN_SOURCE');
  });
});
