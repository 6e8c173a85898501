// Owns how values become what Temporal's server keeps: JSON, sealed, failures included. Refuses to
// have client and worker differ in it.

import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { createPayloadCodec } from './payload-codec.ts';

/** The module of the failure converter, for the bundle of the workflows too. */
export const failureConverterPath: string = fileURLToPath(
  new URL('failure-converter.ts', import.meta.url),
);

/** The converter under an installation's key, 32 bytes. */
export function createDataConverter(key: Uint8Array): DataConverter {
  return { failureConverterPath, payloadCodecs: [createPayloadCodec(key)] };
}
