// Owns the conversation with a plugin on our kit: JSON-RPC over its standard streams, revision
// 2026-07-28 of MCP. Refuses what costs more than it gives here: the SDK's client takes 125 ms of
// processor time and 32 MB to load (decision 0006).

import { isAgentError } from '@opencomputer/contracts';
import type { Clock, Json, JsonObject } from '@opencomputer/contracts';
import { Child } from './child.ts';
import type { ChildSpecification } from './child.ts';
import type { PluginAnswer, PluginCall, PluginConnection } from './connection.ts';
import { isObject } from './json-object.ts';

const CALL_META = 'opencomputer/call';
const SERVICE_METHOD = 'opencomputer/call';
const STORAGE_METHOD = 'opencomputer/storage';
const STOPPED_METHOD = 'notifications/opencomputer/stopped';
const ENVELOPE: JsonObject = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
/** Bytes of lines that are no message of the protocol, before the plugin is given up. */
const GARBAGE_BYTES_MAX = 1_000_000;
/** Requests that one call may have open; the kits keep to the same number. */
const REQUESTS_OPEN_MAX = 16;
const STORAGE_NAME_CHARACTERS_MAX = 200;

/**
 * Keeps the values of plugins that cannot seal them: the host does it for them, and no key leaves it.
 * `handle` is `storage` of the call's circumstances. Rejects when the value is damaged or too large.
 */
export interface HostedStorage {
  get(handle: Json, name: string): Promise<Json | undefined>;
  set(handle: Json, name: string, value: Json): Promise<void>;
  delete(handle: Json, name: string): Promise<void>;
}

interface OpenCall {
  readonly call: PluginCall;
  readonly answer: (answer: PluginAnswer) => void;
  readonly stopped: (stopped: boolean) => void;
  requests: number;
}

/** Starts a plugin on our kit. A failed start is a lost connection. */
export class KitConnection implements PluginConnection {
  readonly lost: Promise<string>;
  readonly #child: Child;
  readonly #storage: HostedStorage | undefined;
  readonly #open = new Map<number, OpenCall>();
  #lastId = 0;
  #garbageBytes = 0;

  /** With `storage`, the plugin asks for its values here and is not handed where and how they are. */
  constructor(specification: ChildSpecification, clock: Clock, storage?: HostedStorage) {
    this.#storage = storage;
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
    this.#open.set(id, { call, answer: answered.resolve, stopped: stopped.resolve, requests: 0 });
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
        _meta: { ...ENVELOPE, [CALL_META]: this.#shown(call.circumstances ?? {}) },
      },
    });
    if (call.signal.aborted) cancel();
    const answer = await answered.promise;
    call.signal.removeEventListener('abort', cancel);
    if (answer.type !== 'cancelled') this.#open.delete(id);
    return answer;
  }

  #shown(circumstances: JsonObject): JsonObject {
    const isHosted = this.#storage !== undefined && circumstances['storage'] !== undefined;
    return isHosted ? { ...circumstances, storage: true } : circumstances;
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
    const isRequest = typeof id === 'string' && isObject(params);
    if (isRequest && (method === SERVICE_METHOD || method === STORAGE_METHOD)) {
      void this.#answerRequest(id, method, params);
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

  async #answerRequest(id: string, method: string, params: JsonObject): Promise<void> {
    const { call } = params;
    const open = typeof call === 'number' ? this.#open.get(call) : undefined;
    const answer = method === SERVICE_METHOD ? serviceAnswer : this.#storageAnswer.bind(this);
    const run = open?.call.signal.aborted === false ? answer(open.call, params) : undefined;
    if (open === undefined || run === undefined) {
      this.#refuseRequest(id, open === undefined ? 'the call is over' : 'a wrong request');
      return;
    }
    if (open.requests >= REQUESTS_OPEN_MAX) {
      this.#refuseRequest(id, `at most ${REQUESTS_OPEN_MAX} may be open`);
      return;
    }
    open.requests += 1;
    try {
      const result = await run();
      if (!open.call.signal.aborted) this.#send({ id, result });
    } catch (error) {
      this.#refuseRequest(id, isAgentError(error) ? error.message : 'it cannot be read or kept');
    } finally {
      open.requests -= 1;
    }
  }

  #storageAnswer(call: PluginCall, params: JsonObject): (() => Promise<JsonObject>) | undefined {
    const { operation, name, value } = params;
    const storage = this.#storage;
    const handle = call.circumstances?.['storage'];
    if (storage === undefined || handle === undefined || typeof name !== 'string') return undefined;
    if (name === '' || name.length > STORAGE_NAME_CHARACTERS_MAX) return undefined;
    if (operation === 'get') {
      return async () => {
        const found = await storage.get(handle, name);
        return found === undefined ? {} : { value: found };
      };
    }
    if (operation === 'set' && value !== undefined) {
      return async () => storage.set(handle, name, value).then(() => ({}));
    }
    if (operation !== 'delete') return undefined;
    return async () => storage.delete(handle, name).then(() => ({}));
  }

  #refuseRequest(id: string, message: string): void {
    this.#send({ id, error: { code: -32600, message } });
  }
}

function serviceAnswer(
  call: PluginCall,
  params: JsonObject,
): (() => Promise<JsonObject>) | undefined {
  const { service, operation, input } = params;
  const isComplete =
    typeof service === 'string' && typeof operation === 'string' && isObject(input);
  if (!isComplete) return undefined;
  return async () => (await call.onService({ service, operation, input })) as unknown as JsonObject;
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
