import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLines } from './lines.ts';

async function read(pieces: Buffer[], lineBytesMax = 1000): Promise<unknown[]> {
  async function* bytes(): AsyncGenerator<Buffer> {
    yield* pieces;
  }
  const values: unknown[] = [];
  for await (const value of readLines(bytes(), lineBytesMax)) values.push(value);
  return values;
}

test('lines are the same however the bytes are cut, inside a character too', async () => {
  const whole = Buffer.from('{"a":"grün 🙂"}\n[1]\n"x"\n');
  const expected = [{ a: 'grün 🙂' }, [1], 'x'];
  assert.deepEqual(await read([whole]), expected);
  for (let cut = 0; cut <= whole.length; cut += 1) {
    assert.deepEqual(await read([whole.subarray(0, cut), whole.subarray(cut)]), expected);
  }
  assert.deepEqual(await read(Array.from(whole, (byte) => Buffer.of(byte))), expected);
});

test('a line that never ends is refused at the limit', async () => {
  const pieces = Array.from({ length: 20 }, () => Buffer.alloc(100, 'x'));
  await assert.rejects(read(pieces), { code: 'SERVICE_UNREACHABLE' });
});

test('a cut last line and a line that is not JSON are refused', async () => {
  await assert.rejects(read([Buffer.from('{"a":1}\n{"b"')]), /incomplete/);
  await assert.rejects(read([Buffer.from('nonsense\n')]), /not JSON/);
  assert.deepEqual(await read([]), []);
});
