import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { unpackArchive } from './archive.ts';
import { wheel } from './fixtures/wheels.ts';
import { sourceLimits } from './limits.ts';
import { normalizedName, parseWheelName, verifyRecord } from './wheel.ts';

it('a wheel is known by its file name', () => {
  const found = { package: 'some-name', version: '1.0.post1' };
  assert.deepEqual(parseWheelName('Some_Name-1.0.post1-py3-none-any.whl'), found);
  assert.deepEqual(parseWheelName('some.name-1.0.post1-2-cp311-abi3-linux_x86_64.whl'), found);
  assert.equal(parseWheelName('some-name-1.0.tar.gz'), undefined);
  assert.equal(normalizedName('A._-b'), 'a-b');
});

describe('a RECORD', () => {
  let base: string;
  before(async () => {
    base = await mkdtemp(join(tmpdir(), 'wheel-'));
  });
  after(() => rm(base, { recursive: true }));

  const verify = async (name: string, record?: (lines: string[]) => string[]): Promise<void> => {
    const directory = join(base, name);
    await mkdir(directory);
    const files = { 'pkg/a,b.txt': 'a', 'pkg/c.txt': 'c' };
    const archive = wheel({ name: 'a', version: '1', files, ...(record ? { record } : {}) });
    await writeFile(join(base, `${name}.whl`), archive);
    await unpackArchive(join(base, `${name}.whl`), directory, sourceLimits);
    await verifyRecord(directory, 'the wheel');
  };
  const quote = (lines: string[]): string[] =>
    lines.map((line) => line.replace('pkg/a,b.txt', '"pkg/a,b.txt"'));

  it('that fits is accepted', () => verify('good', quote));

  const wrong: Readonly<Record<string, (lines: string[]) => string[]>> = {
    'without a line for a file': (lines) => lines.filter((line) => !line.startsWith('pkg/c')),
    'with a line without a digest': (lines) =>
      lines.map((line) => (line.startsWith('pkg/c') ? 'pkg/c.txt,,' : line)),
    'with the digest of another file': (lines) =>
      lines.map((line) => line.replace(/^(pkg\/c\.txt,sha256=).{43}/, `$1${'A'.repeat(43)}`)),
    'with a line for no file': (lines) => [...lines, `gone.py,sha256=${'A'.repeat(43)},1`],
    'with two lines for a file': (lines) => [
      ...lines,
      ...lines.filter((line) => line.startsWith('pkg/c')),
    ],
    'with a weak digest': (lines) =>
      lines.map((line) => (line.startsWith('pkg/c') ? 'pkg/c.txt,md5=abc,1' : line)),
    'of nonsense': () => ['nonsense'],
  };
  for (const [kind, record] of Object.entries(wrong)) {
    it(`${kind} is refused`, async () => {
      const verified = verify(kind.replaceAll(' ', '-'), (lines) => quote(record(lines)));
      await assert.rejects(verified, (error) => isAgentError(error, 'PLUGIN_SOURCE'));
    });
  }
});
