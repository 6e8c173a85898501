import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDataConverter, failureConverterPath } from './data-converter.ts';

test('payloads are sealed and failures are payloads', async () => {
  const { payloadCodecs, failureConverterPath: path } = createDataConverter(new Uint8Array(32));
  assert.equal(payloadCodecs?.length, 1);
  assert.equal(path, failureConverterPath);
  const loaded = (await import(failureConverterPath)) as Readonly<Record<string, unknown>>;
  assert.ok('failureConverter' in loaded);
});
