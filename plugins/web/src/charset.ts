// Owns which characters the bytes of a page are. Refuses to fail: what cannot be decoded becomes U+FFFD.

const DECLARED_BYTES_MAX = 1_024;

/** The text of a page, by its byte order mark, its header, its own declaration, or else UTF-8. */
export function decodePage(body: Uint8Array, contentType: string): string {
  const named =
    markOf(body) ?? /charset\s*=\s*["']?([\w-]+)/i.exec(contentType)?.[1] ?? declaredIn(body);
  return decoderOf(named).decode(body);
}

function markOf(body: Uint8Array): string | undefined {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8';
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be';
  return undefined;
}

/** `<meta charset>` or its older form, within the first bytes (HTML, encoding sniffing). */
function declaredIn(body: Uint8Array): string | undefined {
  const begin = Buffer.from(body.subarray(0, DECLARED_BYTES_MAX)).toString('latin1');
  const named =
    /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)|<\?xml[^>]+encoding\s*=\s*["']([\w-]+)/i.exec(begin);
  const name = named?.[1] ?? named?.[2];
  return name !== undefined && /^utf-?16/i.test(name) ? 'utf-8' : name;
}

/** An unknown name is read as UTF-8. */
function decoderOf(name: string | undefined): TextDecoder {
  try {
    return new TextDecoder(name ?? 'utf-8');
  } catch (error) {
    if (error instanceof RangeError) return new TextDecoder('utf-8');
    throw error;
  }
}
