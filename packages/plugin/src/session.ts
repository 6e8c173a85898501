// Owns the conversation with one client: reading messages, running handlers side by side, answering.
// Refuses to stop for a bad message: it is answered with an error and the next one is read.

import type { Json, JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { createContext, createStorageSource, readCircumstances } from './call-context.ts';
import type { AmbientSource } from './call-context.ts';
import { describeTool } from './manifest-view.ts';
import type { ManifestView } from './manifest-view.ts';
import { readOutcome, toResult } from './outcome.ts';
import type { PluginTool } from './tool.ts';
import * as wire from './wire.ts';
import type { RequestId } from './wire.ts';

/** Calls that run at the same time; one more is answered as busy. */
export const CALLS_OPEN_MAX = 64;
/** Service calls that one tool call may have open. */
const SERVICE_CALLS_OPEN_MAX = 16;
/** Clients may keep the list of tools for this long. */
const LIST_TTL_MS = 3_600_000;

/** What a session needs of the process that it lives in. */
export interface SessionPorts {
  send(message: JsonObject): void;
  /** A line for the log of the host; never for the client. */
  report(text: string): void;
  readonly ambient: AmbientSource;
  /** Read when first needed. */
  manifest(): ManifestView;
}

interface OpenCall {
  readonly controller: AbortController;
  /** Service calls that wait for the host, by request id. */
  readonly services: Map<string, (outcome: ToolOutcome) => void>;
  readonly ended: Promise<void>;
}

/** Serves tools to one client. */
export class Session {
  readonly #tools: ReadonlyMap<string, PluginTool>;
  readonly #ports: SessionPorts;
  readonly #storages = createStorageSource();
  readonly #open = new Map<RequestId, OpenCall>();
  #manifest: ManifestView | undefined;
  #serviceCalls = 0;

  constructor(tools: readonly PluginTool[], ports: SessionPorts) {
    this.#tools = new Map(tools.map((entry) => [entry.name, entry]));
    if (this.#tools.size !== tools.length) throw new Error('Two tools have the same name.');
    this.#ports = ports;
  }

  /** Takes one line from the client. Never throws. */
  receive(line: string): void {
    if (line.trim() === '') return;
    let message: unknown;
    try {
      message = JSON.parse(line) as unknown;
    } catch {
      this.#refuse(null, wire.rpcError.parse, 'Not valid JSON.');
      return;
    }
    if (!wire.isObject(message) || message['jsonrpc'] !== '2.0') {
      this.#refuse(null, wire.rpcError.request, 'Not a JSON-RPC 2.0 message.');
      return;
    }
    const { id, method, params } = message;
    const parameters = wire.isObject(params) ? params : {};
    if (typeof method !== 'string') this.#receiveAnswer(message);
    else if (id === undefined) this.#receiveNotification(method, parameters);
    else if (wire.isRequestId(id)) this.#receiveRequest(id, method, parameters);
    else this.#refuse(null, wire.rpcError.request, 'The id must be a string or a number.');
  }

  /** Says that a message was too long to be read. */
  receiveOversize(bytesMax: number): void {
    this.#refuse(null, wire.rpcError.request, `A message may have ${bytesMax} bytes.`);
  }

  /** Cancels every call; resolves when their handlers have ended. */
  async close(): Promise<void> {
    const ended = [...this.#open.values()].map((call) => call.ended);
    for (const id of this.#open.keys()) this.#cancel(id);
    await Promise.allSettled(ended);
  }

  #refuse(id: RequestId | null, code: number, message: string): void {
    this.#ports.send(wire.refusal(id, { code, message }));
  }

  #receiveNotification(method: string, params: JsonObject): void {
    if (method !== 'notifications/cancelled') return;
    const { requestId } = params;
    if (wire.isRequestId(requestId)) this.#cancel(requestId);
  }

  #receiveRequest(id: RequestId, method: string, params: JsonObject): void {
    const meta = wire.isObject(params['_meta']) ? params['_meta'] : {};
    const version = meta[wire.VERSION_META];
    const modern = version !== undefined;
    if (modern && version !== wire.MODERN_VERSION) {
      const supported = [wire.MODERN_VERSION, ...wire.LEGACY_VERSIONS];
      const message = 'Unsupported protocol version';
      const data = { supported, requested: version };
      this.#ports.send(wire.refusal(id, { code: wire.rpcError.version, message, data }));
      return;
    }
    if (modern && !wire.isObject(meta[wire.CAPABILITIES_META])) {
      this.#refuse(id, wire.rpcError.parameters, `_meta needs ${wire.CAPABILITIES_META}.`);
      return;
    }
    if (method === 'tools/call') this.#startCall(id, params, modern);
    else if (modern) this.#answerModern(id, method);
    else this.#answerLegacy(id, method, params);
  }

  #answerModern(id: RequestId, method: string): void {
    const cache = { ttlMs: LIST_TTL_MS, cacheScope: 'public' };
    if (method === 'server/discover') {
      const supportedVersions = [wire.MODERN_VERSION];
      this.#answer(id, { supportedVersions, capabilities: { tools: {} }, ...cache }, true);
    } else if (method === 'tools/list') {
      this.#answer(id, { tools: this.#list(true), ...cache }, true);
    } else {
      this.#refuse(id, wire.rpcError.method, `Unknown method: ${method}`);
    }
  }

  #answerLegacy(id: RequestId, method: string, params: JsonObject): void {
    if (method === 'initialize') {
      const requested = params['protocolVersion'];
      const known = wire.LEGACY_VERSIONS.find((version) => version === requested);
      const protocolVersion = known ?? wire.LEGACY_VERSIONS[0] ?? '';
      const { name, version } = this.#view();
      const serverInfo = { name, version };
      this.#answer(id, { protocolVersion, capabilities: { tools: {} }, serverInfo }, false);
    } else if (method === 'ping') {
      this.#answer(id, {}, false);
    } else if (method === 'tools/list') {
      this.#answer(id, { tools: this.#list(false) }, false);
    } else if (method === 'server/discover') {
      this.#refuse(id, wire.rpcError.parameters, `_meta needs ${wire.VERSION_META}.`);
    } else {
      this.#refuse(id, wire.rpcError.method, `Unknown method: ${method}`);
    }
  }

  #answer(id: RequestId, result: JsonObject, modern: boolean): void {
    this.#ports.send(wire.answer(id, modern ? this.#stamp(result) : result));
  }

  /** What every result carries since 2026-07-28: its type and who answered. */
  #stamp(result: JsonObject): JsonObject {
    const { name, version } = this.#view();
    const meta = wire.isObject(result['_meta']) ? result['_meta'] : {};
    const _meta = { ...meta, [wire.SERVER_META]: { name, version } };
    return { ...result, resultType: 'complete', _meta };
  }

  #view(): ManifestView {
    this.#manifest ??= this.#ports.manifest();
    return this.#manifest;
  }

  #list(modern: boolean): JsonObject[] {
    const declared = this.#view().tools;
    return [...this.#tools.values()].map(({ name, outline }) =>
      describeTool(name, (outline as JsonObject | undefined) ?? declared.get(name) ?? {}, modern),
    );
  }

  #startCall(id: RequestId, params: JsonObject, modern: boolean): void {
    const { name } = params;
    const found = typeof name === 'string' ? this.#tools.get(name) : undefined;
    const input = params['arguments'] ?? {};
    if (found === undefined) {
      this.#refuse(id, wire.rpcError.parameters, `Unknown tool: ${JSON.stringify(name)}`);
    } else if (!wire.isObject(input)) {
      this.#refuse(id, wire.rpcError.parameters, 'The arguments must be an object.');
    } else if (this.#open.has(id)) {
      this.#refuse(id, wire.rpcError.request, 'A call with this id is running.');
    } else if (this.#open.size >= CALLS_OPEN_MAX) {
      this.#refuse(id, wire.rpcError.busy, `${CALLS_OPEN_MAX} calls are running.`);
    } else {
      const meta = wire.isObject(params['_meta']) ? params['_meta'] : {};
      const controller = new AbortController();
      const services = new Map<string, (outcome: ToolOutcome) => void>();
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      this.#open.set(id, { controller, services, ended });
      void this.#run(found, input, { id, given: meta[wire.CALL_META] }).then((outcome) => {
        this.#open.delete(id);
        if (!controller.signal.aborted) this.#answer(id, toResult(outcome), modern);
        else this.#ports.send(stopped(id));
        resolve();
      });
    }
  }

  /** Runs one handler. Never rejects: what it throws is a failure, told in full to the log only. */
  async #run(
    found: PluginTool,
    input: JsonObject,
    call: { readonly id: RequestId; readonly given: Json | undefined },
  ): Promise<ToolOutcome> {
    try {
      const open = this.#open.get(call.id);
      if (open === undefined) throw new Error('The call is not open.');
      const context = createContext(readCircumstances(call.given, this.#ports.ambient), {
        signal: open.controller.signal,
        storages: this.#storages,
        call: (service, operation, argument) =>
          this.#callService(call.id, open, { service, operation, input: argument }),
      });
      return readOutcome(await found.handler(input, context));
    } catch (error) {
      this.#ports.report(`${found.name}: ${describeError(error)}`);
      const text = `${found.name} failed: ${error instanceof Error ? error.message : 'a defect'}`;
      return { status: 'failed', code: 'TOOL_FAILED', text: text.slice(0, 300) };
    }
  }

  #callService(id: RequestId, open: OpenCall, params: JsonObject): Promise<ToolOutcome> {
    if (open.controller.signal.aborted) return Promise.resolve(CANCELLED);
    if (open.services.size >= SERVICE_CALLS_OPEN_MAX) return Promise.resolve(TOO_MANY);
    this.#serviceCalls += 1;
    const requestId = `service-${this.#serviceCalls}`;
    const { promise, resolve } = Promise.withResolvers<ToolOutcome>();
    open.services.set(requestId, resolve);
    const method = wire.SERVICE_METHOD;
    this.#ports.send({ jsonrpc: '2.0', id: requestId, method, params: { ...params, call: id } });
    return promise;
  }

  #receiveAnswer(message: JsonObject): void {
    const { id, result, error } = message;
    if (typeof id !== 'string') return;
    for (const call of this.#open.values()) {
      const resolve = call.services.get(id);
      if (resolve === undefined) continue;
      call.services.delete(id);
      const text = wire.isObject(error) ? JSON.stringify(error['message']) : 'no outcome';
      resolve(
        wire.isObject(result)
          ? readOutcome(result)
          : { status: 'failed', code: 'TOOL_FAILED', text: `The host refused: ${text}` },
      );
    }
  }

  #cancel(id: RequestId): void {
    const call = this.#open.get(id);
    if (call === undefined) return;
    call.controller.abort(new Error('The call was cancelled.'));
    for (const resolve of call.services.values()) resolve(CANCELLED);
    call.services.clear();
  }
}

const CANCELLED: ToolOutcome = {
  status: 'failed',
  code: 'TURN_CANCELLED',
  text: 'The call was cancelled.',
};

const TOO_MANY: ToolOutcome = {
  status: 'failed',
  code: 'SERVICE_BUSY',
  text: `At most ${SERVICE_CALLS_OPEN_MAX} service calls may be open.`,
};

/** A cancelled call gets no answer (MCP); the host is told that its handler has ended. */
function stopped(requestId: RequestId): JsonObject {
  return { jsonrpc: '2.0', method: wire.STOPPED_METHOD, params: { requestId } };
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
