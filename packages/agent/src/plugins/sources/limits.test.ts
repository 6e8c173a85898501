import assert from 'node:assert/strict';
import { it } from 'node:test';
import { treeBytesMax, treeFilesMax } from '../content/index.ts';
import { sourceLimits } from './limits.ts';

it('lets nothing through that the content store would refuse for its size', () => {
  assert.ok(sourceLimits.entriesMax <= treeFilesMax);
  assert.ok(sourceLimits.unpackedBytesMax <= treeBytesMax);
});
