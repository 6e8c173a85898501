import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { zip } from './fixtures/archives.ts';
import { readZip } from './zip.ts';

async function contents(archive: Buffer): Promise<Record<string, string>> {
  const directory = await mkdtemp(join(tmpdir(), 'zip-'));
  try {
    await writeFile(join(directory, 'it.zip'), archive);
    const found: Record<string, string> = {};
    for await (const entry of readZip(join(directory, 'it.zip'))) {
      const chunks: Uint8Array[] = [];
      if (entry.kind === 'file') for await (const chunk of entry.body) chunks.push(chunk);
      const body = 'target' in entry ? entry.target : Buffer.concat(chunks).toString();
      found[`${entry.kind} ${entry.path}`] = body;
    }
    return found;
  } finally {
    await rm(directory, { recursive: true });
  }
}

it('reads files, folders and links', async () => {
  const archive = zip([
    { path: 'dir/', mode: 0o040755, method: 0 },
    { path: 'dir/été.txt', body: 'text'.repeat(50_000) },
    { path: 'link', body: 'dir', mode: 0o120777, method: 0 },
    { path: 'empty', method: 0, mode: 0 },
  ]);
  assert.deepEqual(await contents(archive), {
    'folder dir/': '',
    'file dir/été.txt': 'text'.repeat(50_000),
    'link link': 'dir',
    'file empty': '',
  });
});

it('reads an entry whose sizes follow its content', async () => {
  // As Python and Go write to a pipe: bit 3, nothing in the first header, a record after the content.
  assert.deepEqual(await contents(streamed('a', 'hello')), { 'file a': 'hello' });
});

function streamed(path: string, body: string): Buffer {
  const plain = zip([{ path, body, flags: 0x808 }]);
  const directoryAt = plain.readUInt32LE(plain.length - 6);
  const local = Buffer.from(plain.subarray(0, directoryAt));
  const record = Buffer.concat([Buffer.from('PK\x07\x08', 'latin1'), local.subarray(14, 26)]);
  local.fill(0, 14, 26);
  const rest = Buffer.from(plain.subarray(directoryAt));
  rest.writeUInt32LE(directoryAt + record.length, rest.length - 6);
  return Buffer.concat([local, record, rest]);
}
