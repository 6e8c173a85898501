// Owns the digest of a file's content. Refuses to hold the file in memory.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** SHA-256 in hexadecimal digits, unless said otherwise. */
export async function fileDigest(
  path: string,
  {
    algorithm = 'sha256',
    encoding = 'hex',
  }: {
    readonly algorithm?: 'sha256' | 'sha512';
    readonly encoding?: 'hex' | 'base64' | 'base64url';
  } = {},
): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest(encoding);
}
