// Owns the conversation with a plugin on our kit: JSON-RPC over its standard streams, revision
// 2026-07-28 of MCP. Refuses what costs more than it gives here: the SDK's client takes 125 ms of
// processor time and 32 MB to load (decision 0006).

import type { Clock, JsonObject } from '@opencomputer/contracts';
import { Child } from './child.ts';
import type { ChildSpecification } from './child.ts';
import type { PluginAnswer, PluginCall, PluginConnection } from './connection.ts';
import { isObject } from './json-object.ts';

const CALL_META = 'opencomputer/call';
const SERVICE_METHOD = 'opencomputer/call';
const STOPPED_METHOD = 'notifications/opencomputer/stopped';
const ENVELOPE: JsonObject = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
/** Bytes of lines that are no message of the protocol, before the plugin is given up. */
const GARBAGE_BYTES_MAX = 1_000_000;
/** Service calls that one call may have open; the kit keeps to the same number. */
const SERVICE_CALLS_OPEN_MAX = 16;

interface OpenCall {
  readonly call: PluginCall;
  readonly answer: (answer: PluginAnswer) => void;
  readonly stopped: (stopped: boolean) => void;
  services: number;
}

/** Starts a plugin on our kit. A failed start is a lost connection. */
export class KitConnection implements PluginConnection {
  readonly lost: Promise<string>;
  readonly #child: Child;
  readonly #open = new Map<number, OpenCall>();
  #lastId = 0;
  #garbageBytes = 0;

  constructor(specification: ChildSpecification, clock: Clock) {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.lost = promise;
    this.#child = new Child(
      specification,
      {
        onLine: (line) => this.#receive(line),
        onOversize: (head) => this.#receiveOversize(head),
        onExit: (problem) => {
          for (const { answer, stopped } of this.#open.values()) {
            answer({ type: 'lost', problem });
            stopped(true);
          }
          this.#open.clear();
          resolve(problem);
        },
      },
      clock,
    );
  }

  get isLost(): boolean {
    return this.#child.isOver;
  }

  get log(): string {
    return this.#child.log;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }

  kill(): Promise<void> {
    return this.#child.kill();
  }

  async call(call: PluginCall): Promise<PluginAnswer> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answered = Promise.withResolvers<PluginAnswer>();
    const stopped = Promise.withResolvers<boolean>();
    if (this.isLost) return { type: 'lost', problem: 'it is not running' };
    this.#open.set(id, { call, answer: answered.resolve, stopped: stopped.resolve, services: 0 });
    const cancel = (): void => {
      this.#send({ method: 'notifications/cancelled', params: { requestId: id } });
      answered.resolve({ type: 'cancelled', stopped: stopped.promise });
    };
    call.signal.addEventListener('abort', cancel, { once: true });
    this.#send({
      id,
      method: 'tools/call',
      params: {
        name: call.tool,
        arguments: call.input,
        _meta: { ...ENVELOPE, [CALL_META]: call.circumstances ?? {} },
      },
    });
    if (call.signal.aborted) cancel();
    const answer = await answered.promise;
    call.signal.removeEventListener('abort', cancel);
    if (answer.type !== 'cancelled') this.#open.delete(id);
    return answer;
  }

  #send(message: JsonObject): void {
    this.#child.send(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }

  #receive(line: string): void {
    const message = parse(line);
    if (message === undefined) {
      this.#countGarbage(line.length + 1);
      return;
    }
    const { id, method, params, result, error } = message;
    if (method === SERVICE_METHOD && typeof id === 'string' && isObject(params)) {
      void this.#answerService(id, params);
    } else if (method === STOPPED_METHOD && isObject(params)) {
      this.#receiveStopped(params['requestId']);
    } else if (method === undefined && typeof id === 'number') {
      const open = this.#open.get(id);
      if (isObject(result)) open?.answer({ type: 'result', result });
      else if (isObject(error)) open?.answer(errorAnswer(error));
      else this.#countGarbage(line.length + 1);
      this.#receiveStopped(id);
    } else {
      this.#countGarbage(line.length + 1);
    }
  }

  #receiveStopped(id: unknown): void {
    if (typeof id !== 'number') return;
    this.#open.get(id)?.stopped(true);
    this.#open.delete(id);
  }

  /** An answer that is too long fails its own call; anything else that long ends the plugin. */
  #receiveOversize(head: string): void {
    const id = Number(/^\{"jsonrpc":"2\.0","id":(\d+),/.exec(head)?.[1] ?? Number.NaN);
    const open = this.#open.get(id);
    if (open === undefined) void this.kill();
    else open.answer({ type: 'oversize' });
    this.#receiveStopped(id);
  }

  #countGarbage(bytes: number): void {
    this.#garbageBytes += bytes;
    if (this.#garbageBytes > GARBAGE_BYTES_MAX) void this.kill();
  }

  async #answerService(id: string, params: JsonObject): Promise<void> {
    const { service, operation, input, call } = params;
    const open = typeof call === 'number' ? this.#open.get(call) : undefined;
    const isComplete =
      typeof service === 'string' && typeof operation === 'string' && isObject(input);
    if (open === undefined || open.call.signal.aborted || !isComplete) {
      this.#refuseService(id, open === undefined ? 'the call is over' : 'a wrong request');
      return;
    }
    if (open.services >= SERVICE_CALLS_OPEN_MAX) {
      this.#refuseService(id, `at most ${SERVICE_CALLS_OPEN_MAX} may be open`);
      return;
    }
    open.services += 1;
    const outcome = await open.call.onService({ service, operation, input });
    open.services -= 1;
    if (!open.call.signal.aborted) this.#send({ id, result: outcome as unknown as JsonObject });
  }

  #refuseService(id: string, message: string): void {
    this.#send({ id, error: { code: -32600, message } });
  }
}

function errorAnswer(error: JsonObject): PluginAnswer {
  const { code, message } = error;
  return {
    type: 'error',
    code: typeof code === 'number' ? code : 0,
    message: typeof message === 'string' ? message.slice(0, 300) : 'an error',
  };
}

function parse(line: string): JsonObject | undefined {
  try {
    const value = JSON.parse(line) as unknown;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
