// Owns reading a message from a pipe: whole, bounded, and valid UTF-8. Refuses to cut or to repair:
// what is too large or not text is an error, and nothing of it is sent.

import { AgentError } from '@opencomputer/contracts';

/** Bytes of one message, the piped part included. */
export const MESSAGE_BYTES_MAX = 1_000_000;

/** Bytes that are counted before reading stops, so that an endless pipe ends. */
const COUNTED_BYTES_MAX = 64_000_000;

/** How a pipe is read. */
export interface PipeOptions {
  readonly bytesMax?: number;
  /** Called once when nothing has arrived for this long, since a person may not know why. */
  readonly waitMs: number;
  readonly onWait: () => void;
}

/** The text of a pipe. Throws INPUT_TOO_LARGE or INPUT_ENCODING. */
export async function readPipe(
  input: AsyncIterable<Buffer | string>,
  options: PipeOptions,
): Promise<string> {
  const bytesMax = options.bytesMax ?? MESSAGE_BYTES_MAX;
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(options.onWait, options.waitMs);
  try {
    for await (const chunk of input) {
      clearTimeout(timer);
      const data = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      bytes += data.length;
      if (bytes <= bytesMax) chunks.push(data);
      if (bytes > COUNTED_BYTES_MAX) break;
    }
  } finally {
    clearTimeout(timer);
  }
  checkSize(bytes, bytesMax);
  return decode(Buffer.concat(chunks));
}

/** Throws INPUT_TOO_LARGE when a text is more than one message may be. */
export function checkMessage(text: string): void {
  checkSize(Buffer.byteLength(text), MESSAGE_BYTES_MAX);
}

function checkSize(bytes: number, bytesMax: number): void {
  if (bytes <= bytesMax) return;
  const shown = bytes > COUNTED_BYTES_MAX ? `more than ${COUNTED_BYTES_MAX}` : bytes;
  throw new AgentError('INPUT_TOO_LARGE', { bytes: shown, bytesMax });
}

function decode(data: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch (error) {
    throw new AgentError('INPUT_ENCODING', {}, { cause: error });
  }
}
