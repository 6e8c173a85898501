// Owns the bytes of a tunnel, both ways, each side closed when the other one is. Refuses to hold
// more than the sockets do, to stay open when nothing moves, and to pass more than its bound.

import type { Duplex } from 'node:stream';
import type { Clock } from '@opencomputer/contracts';
import { watchIdle } from './idle.ts';

/** Bounds of one tunnel. */
export interface TunnelOptions {
  readonly clock: Clock;
  readonly idleMsMax: number;
  readonly bytesMax: number;
}

/** Joins two sockets; resolves when both are closed. Never rejects. */
export async function joinSockets(
  client: Duplex,
  upstream: Duplex,
  options: TunnelOptions,
): Promise<void> {
  const end = (): void => {
    client.destroy();
    upstream.destroy();
  };
  const idle = watchIdle(options.clock, options.idleMsMax, end);
  let bytes = 0;
  const count = (chunk: Buffer): void => {
    idle.touch();
    bytes += chunk.length;
    if (bytes > options.bytesMax) end();
  };
  const closed = [client, upstream].map(async (socket) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.on('error', end);
    // one that ended in good order, both ways, may have its last bytes on the way to the other one
    socket.once('close', () => {
      if (!socket.readableEnded || !socket.writableFinished) end();
      resolve();
    });
    if (socket.destroyed) end();
    if (socket.closed) resolve();
    await promise;
  });
  // each direction ends by itself: a side that has nothing more to say can still listen
  client.allowHalfOpen = true;
  upstream.allowHalfOpen = true;
  client.on('data', count).pipe(upstream);
  upstream.on('data', count).pipe(client);
  // a side that ended before its reader was there does not tell it again
  if (client.readableEnded) upstream.end();
  if (upstream.readableEnded) client.end();
  await Promise.all(closed);
  idle.stop();
}
