// Owns the moment in which a process waits for its proxy: it goes on when the door of its network
// stands open. Refuses to let it start without: then it is ended, and its owner is told why.

import type { Server } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import type { ChildProcess } from '../child.ts';
import type { MachineFacts } from './machine.ts';
import { listenInNamespace } from './namespace-listener.ts';
import type { SandboxNetwork } from './rights.ts';

const INFORMATION_BYTES_MAX = 4_096;

/** A process of bubblewrap that was started with `--info-fd` and `--block-fd`. */
export interface Door {
  readonly running: ChildProcess;
  readonly information: Duplex | undefined;
  readonly block: Duplex | undefined;
  readonly machine: Pick<MachineFacts, 'programs' | 'userId'>;
  readonly node: string;
  breached(problem: string): void;
}

/** Opens the door and lets the process go on; resolves also when that failed. */
export async function openDoor(door: Door, network: SandboxNetwork): Promise<void> {
  const { running, information, block, machine, node } = door;
  let server: Server | undefined;
  let isOver = false;
  running.once('exit', () => {
    isOver = true;
    server?.close();
  });
  // The process may end while it waits: its exit says so.
  for (const stream of [information, block]) stream?.on('error', () => undefined);
  try {
    const processId = await readProcessId(information);
    const { nsenter } = machine.programs;
    if (nsenter === undefined) throw new Error('the package util-linux (nsenter) is not installed');
    const entersUserNamespace = machine.userId !== 0;
    server = await listenInNamespace({ nsenter, node, processId, entersUserNamespace });
    server.on('connection', (socket) => network.connect(socket));
    if (isOver) server.close();
    else block?.end('1');
  } catch (error) {
    if (isOver) return;
    door.breached(error instanceof Error ? error.message : String(error));
    running.kill('SIGKILL');
  }
}

/** The process that bubblewrap names in its information, once that is complete. */
async function readProcessId(information: Readable | undefined): Promise<number> {
  let text = '';
  for await (const chunk of information ?? []) {
    text += String(chunk);
    const found = /"child-pid": (\d+)[^]*\}/.exec(text)?.[1];
    if (found !== undefined) return Number(found);
    if (text.length > INFORMATION_BYTES_MAX) break;
  }
  throw new Error('bubblewrap did not start its process');
}
