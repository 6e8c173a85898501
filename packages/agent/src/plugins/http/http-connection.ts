// Owns a plugin that is an HTTP service described by OpenAPI: a request for each call, its answer as
// the outcome. Refuses tools that the document does not have, and to say that a lost write failed.

import type { Clock, JsonObject, Manifest } from '@opencomputer/contracts';
import { isAgentError } from '@opencomputer/contracts';
import type { PluginAnswer, PluginCall, PluginConnection } from '../connection.ts';
import { outcome, readAnswer } from './answer.ts';
import type { HttpAnswer } from './answer.ts';
import { readOperations } from './operation.ts';
import type { HttpOperation } from './operation.ts';
import { RequestProblem, buildRequest } from './request.ts';
import type { Endpoint, HttpRequest } from './request.ts';

const REQUESTS_OPEN_MAX = 16;
/** Codes of JSON-RPC: no such method; a server that takes no more. */
const UNKNOWN_TOOL = -32601;
const BUSY = -32000;

/**
 * Sends a request by the rules of the plugin. Rejects when no answer came, and at the end of the
 * signal at once.
 */
export type SendHttp = (
  request: HttpRequest & { readonly signal: AbortSignal; readonly answerBytesMax: number },
) => Promise<HttpAnswer>;

/** What a connection is given; the texts are completed already. */
export interface HttpPorts {
  /** By `readOpenapi`. */
  readonly document: JsonObject;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly send: SendHttp;
  readonly clock: Pick<Clock, 'now'>;
}

/** Connects nothing yet: each call is a request of its own. */
export function connectHttp(
  manifest: Pick<Manifest, 'name' | 'requires' | 'resources'>,
  ports: HttpPorts,
): PluginConnection {
  return new HttpConnection(manifest, ports);
}

class HttpConnection implements PluginConnection {
  readonly lost: Promise<string>;
  /** It has none: what a service logs stays with it. */
  readonly log = '';
  readonly #ports: HttpPorts;
  readonly #endpoint: Endpoint;
  readonly #answerBytesMax: number;
  readonly #operations = new Map<string, HttpOperation>();
  readonly #ended = new AbortController();
  readonly #end: (reason: string) => void;
  #openCount = 0;

  constructor(manifest: Pick<Manifest, 'name' | 'requires' | 'resources'>, ports: HttpPorts) {
    this.#ports = ports;
    const { url, headers } = ports;
    const secrets = manifest.requires.secrets.map(({ name }) => name);
    this.#endpoint = { url, headers, secrets };
    this.#answerBytesMax = manifest.resources.outputBytesMax;
    const { operations } = readOperations(ports.document, manifest.name);
    // A manifest may name its tools without the plugin's name before them.
    for (const each of operations.toReversed()) this.#operations.set(each.shortName, each);
    for (const each of operations) this.#operations.set(each.declaration.name, each);
    const { promise, resolve } = Promise.withResolvers<string>();
    this.lost = promise;
    this.#end = resolve;
  }

  get isLost(): boolean {
    return this.#ended.signal.aborted;
  }

  stop(): Promise<void> {
    return this.kill();
  }

  async kill(): Promise<void> {
    this.#ended.abort();
    this.#end('it was stopped');
  }

  async call(call: PluginCall): Promise<PluginAnswer> {
    if (this.isLost) return { type: 'lost', problem: 'it is not running' };
    const operation = this.#operations.get(call.tool);
    if (operation === undefined) {
      return { type: 'error', code: UNKNOWN_TOOL, message: 'no operation of that name' };
    }
    if (this.#openCount >= REQUESTS_OPEN_MAX) {
      return { type: 'error', code: BUSY, message: `${REQUESTS_OPEN_MAX} requests are open` };
    }
    this.#openCount += 1;
    try {
      return await this.#send(operation, call);
    } finally {
      this.#openCount -= 1;
    }
  }

  async #send(operation: HttpOperation, call: PluginCall): Promise<PluginAnswer> {
    const { input, circumstances = {} } = call;
    const key = circumstances['idempotencyKey'];
    let request: HttpRequest;
    try {
      const given = typeof key === 'string' ? { input, key } : { input };
      request = buildRequest(this.#endpoint, operation, given);
    } catch (error) {
      if (!(error instanceof RequestProblem)) throw error;
      return outcome('refused', `Nothing was sent: ${error.message}.`);
    }
    const signal = AbortSignal.any([call.signal, this.#ended.signal]);
    const isRead = operation.declaration.effect === 'read';
    try {
      signal.throwIfAborted();
      const answerBytesMax = this.#answerBytesMax;
      const answer = await this.#ports.send({ ...request, signal, answerBytesMax });
      const { method } = request;
      return readAnswer(answer, { method, isRead, now: this.#ports.clock.now() });
    } catch (error) {
      // A request ends with its signal: nothing of it is left running here.
      if (call.signal.aborted) return { type: 'cancelled', stopped: Promise.resolve(true) };
      const problem = isAgentError(error) || error instanceof Error ? error.message : String(error);
      if (isRead) return outcome('failed', problem.slice(0, 300));
      return { type: 'lost', problem: problem.slice(0, 300) };
    }
  }
}
