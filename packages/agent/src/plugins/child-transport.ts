// Owns the bridge from a process to the SDK's client. Refuses the SDK's own stdio transport: that one
// hands six ambient variables on and bounds neither the log nor the group of the process.

import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import type { Clock } from '@opencomputer/contracts';
import { Child } from './child.ts';
import type { ChildSpecification } from './child.ts';

/** Bytes of lines that are no message, before the server is given up. */
const GARBAGE_BYTES_MAX = 1_000_000;

/** A server's process, as the SDK's client wants it. */
export class ChildTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  /** By this member and `pid` the client knows that it talks to a process. */
  readonly stderr = null;
  readonly #specification: ChildSpecification;
  readonly #clock: Clock;
  #child: Child | undefined;
  #problem = '';
  #garbageBytes = 0;

  constructor(specification: ChildSpecification, clock: Clock) {
    this.#specification = specification;
    this.#clock = clock;
  }

  get pid(): number | null {
    return this.#child?.processId ?? null;
  }

  /** Why the process is gone; empty while it runs. */
  get problem(): string {
    return this.#problem;
  }

  get log(): string {
    return this.#child?.log ?? '';
  }

  start(): Promise<void> {
    this.#child = new Child(
      this.#specification,
      {
        onLine: (line) => this.#receive(line),
        onOversize: () => {
          this.#problem = 'it sent a message that is too long';
          void this.kill();
        },
        onExit: (problem) => {
          this.#problem ||= problem;
          this.onclose?.();
        },
      },
      this.#clock,
    );
    return Promise.resolve();
  }

  send(message: JSONRPCMessage): Promise<void> {
    if (this.#child === undefined || this.#child.isOver) {
      return Promise.reject(new Error(this.#problem || 'the server is not running'));
    }
    this.#child.send(JSON.stringify(message));
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.#child?.stop();
  }

  async kill(): Promise<void> {
    await this.#child?.kill();
  }

  #receive(line: string): void {
    let message: JSONRPCMessage;
    try {
      message = JSON.parse(line) as JSONRPCMessage;
    } catch {
      this.#garbageBytes += line.length + 1;
      if (this.#garbageBytes > GARBAGE_BYTES_MAX) void this.kill();
      return;
    }
    this.onmessage?.(message);
  }
}
