// Owns the entry of the writer thread: opens the database file and answers one request at a time.
// Refuses to import anything heavy: this thread holds a connection and little else.

import { parentPort, workerData } from 'node:worker_threads';
import { RecoveringWriter } from './recovering-writer.ts';
import { failureOf } from './sqlite-failure.ts';
import type { WriterReply, WriterRequest, WriterSettings } from './writer-protocol.ts';

function serve(settings: WriterSettings, reply: (message: WriterReply) => void): void {
  const writer = new RecoveringWriter(settings);
  parentPort?.on('message', (request: WriterRequest) => {
    if (request.kind === 'group') {
      reply({ kind: 'group', replies: writer.run(request) });
    } else if (request.kind === 'close') {
      writer.close();
      reply({ kind: 'closed' });
      parentPort?.close();
    } else {
      const chaining = request.kind === 'chain';
      const failure = chaining ? writer.chain(request.key) : writer.checkpoint();
      reply(failure === undefined ? { kind: 'done' } : { kind: 'done', failure });
    }
  });
  const { cut } = writer;
  reply({ kind: 'opened', ...(cut && { cut }) });
}

const settings = workerData as WriterSettings;
const reply = (message: WriterReply): void => parentPort?.postMessage(message);
try {
  serve(settings, reply);
} catch (error) {
  reply({ kind: 'refused', failure: failureOf(error, settings.path) });
}
