// Owns cutting a byte stream into JSON lines. Refuses a line longer than its limit, and text after
// the last line end, which is a stream that was cut off.

import { StringDecoder } from 'node:string_decoder';
import { AgentError } from '@opencomputer/contracts';

/**
 * The JSON value of each line, in order; reads on only when the caller asks for more.
 * `lineBytesMax` counts UTF-16 units, which are never more than bytes. Throws SERVICE_UNREACHABLE.
 */
export async function* readLines(
  bytes: AsyncIterable<Buffer>,
  lineBytesMax: number,
): AsyncGenerator<unknown, void, undefined> {
  const decoder = new StringDecoder('utf8');
  let pieces: string[] = [];
  let waiting = 0;
  for await (const chunk of bytes) {
    const text = decoder.write(chunk);
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      pieces.push(text.slice(start, end));
      yield parseLine(pieces.join(''));
      pieces = [];
      waiting = 0;
      start = end + 1;
    }
    if (start < text.length) pieces.push(text.slice(start));
    waiting += text.length - start;
    if (waiting > lineBytesMax) throw broken(`a line is longer than ${lineBytesMax} bytes`);
  }
  if (waiting > 0) throw broken('the last line is incomplete');
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw broken('a line is not JSON', error);
  }
}

function broken(problem: string, cause?: unknown): AgentError {
  return new AgentError('SERVICE_UNREACHABLE', { problem }, { cause });
}
