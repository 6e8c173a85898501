// Owns the thread of the writer and what is asked of it: starts it, and starts it again when it has
// died. Refuses to ask anything twice: what a dead thread had been sent has an unknown outcome.

import { Worker } from 'node:worker_threads';
import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { Clock } from '@opencomputer/contracts';
import { toAgentError, WriteQueue } from './write-queue.ts';
import type { WriteLimits } from './write-queue.ts';
import type { Failure, WriterReply, WriterRequest, WriterSettings } from './writer-protocol.ts';

/** Of the writer's own JavaScript; payloads and SQLite's cache are outside it. */
const heap = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };
/** After the second fault in a row; doubled with each, so that work goes on within seconds. */
const pauseMsMin = 100;
const pauseMsMax = 2000;

/** How a writer is reached. */
export interface WriterLinkOptions {
  readonly url: URL;
  readonly settings: WriterSettings;
  readonly limits: WriteLimits;
  /** Says when a thread that keeps dying may be started again; absent: at once. */
  readonly clock?: Pick<Clock, 'monotonic'>;
}

/** A writer on its thread. */
export interface WriterLink {
  /** What the first thread said when it had opened the file. */
  readonly opened: Extract<WriterReply, { readonly kind: 'opened' }>;
  readonly queue: WriteQueue;
  /** Resolves when the writer has done it; rejects with the failure it answers. */
  ask(request: Exclude<WriterRequest, { readonly kind: 'group' }>): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the writer. Rejects with what it refuses the file for, and with STORE_FAILED. */
export async function openWriterLink(options: WriterLinkOptions): Promise<WriterLink> {
  const link = new Link(options);
  const opened = await link.start();
  return {
    opened,
    queue: link.queue,
    ask: (request) => link.ask(request),
    stop: () => link.stop(),
  };
}

class Link {
  readonly queue: WriteQueue;
  readonly #options: WriterLinkOptions;
  /** Those of `chain` and `checkpoint` that are not answered yet, in order. */
  readonly #asked: ((failure: Failure | undefined) => void)[] = [];
  /** What was asked while no thread runs, for the one that is starting. */
  #held: WriterRequest[] = [];
  #worker: Worker | undefined;
  #starting: Promise<unknown> | undefined;
  #key: Uint8Array | undefined;
  #due = 0;
  #faults = 0;
  #fault: Failure = failed('the writer has ended');
  #restUntil = -Infinity;
  #isStopping = false;

  constructor(options: WriterLinkOptions) {
    this.#options = options;
    this.queue = new WriteQueue((group) => this.#send(group), options.limits);
  }

  async start(): Promise<WriterLink['opened']> {
    const { url, settings } = this.#options;
    const { worker, opened } = await startWriter(url, settings);
    this.#attach(worker);
    return opened;
  }

  async ask(request: WriterRequest): Promise<void> {
    const failure = await new Promise<Failure | undefined>((resolve) => {
      this.#asked.push(resolve);
      this.#send(request);
    });
    if (failure !== undefined) throw toAgentError(failure);
    if (request.kind === 'chain') this.#key = request.key;
  }

  async stop(): Promise<void> {
    await this.#starting;
    this.#isStopping = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    const exit = new Promise((resolve) => worker.once('exit', resolve));
    this.#post(worker, { kind: 'close' });
    await exit;
  }

  #send(request: WriterRequest): void {
    if (this.#worker !== undefined) return this.#post(this.#worker, request);
    if (this.#starting === undefined && this.#mayNotStart()) return this.#failAll();
    this.#held.push(request);
    this.#starting ??= this.#startAgain();
  }

  #mayNotStart(): boolean {
    const now = this.#options.clock?.monotonic() ?? Infinity;
    return this.#isStopping || now < this.#restUntil;
  }

  /** The worker keeps the process alive only while an answer is due. */
  #post(worker: Worker, request: WriterRequest): void {
    if (this.#due++ === 0) worker.ref();
    worker.postMessage(request);
  }

  async #startAgain(): Promise<void> {
    const { url, settings } = this.#options;
    const key = this.#key;
    try {
      const replacing = { ...settings, replaces: true, ...(key && { key }) };
      const { worker } = await startWriter(url, replacing);
      this.#attach(worker);
      for (const request of this.#held.splice(0)) this.#post(worker, request);
    } catch (error) {
      this.#rest(isAgentError(error) ? failureFrom(error) : failed(String(error)));
      this.#failAll();
    } finally {
      this.#starting = undefined;
    }
  }

  #attach(worker: Worker): void {
    let problem = 'it was ended';
    this.#worker = worker;
    this.#due = 0;
    worker.on('message', (reply: WriterReply) => {
      // The last reply is followed by the thread's end, which `stop` waits for.
      if (--this.#due === 0 && reply.kind !== 'closed') worker.unref();
      this.#faults = 0;
      if (reply.kind === 'group') this.queue.settle(reply.replies);
      if (reply.kind === 'done') this.#asked.shift()?.(reply.failure);
    });
    worker.on('error', (error: Error) => {
      problem = error.message;
    });
    worker.on('exit', () => {
      this.#worker = undefined;
      if (this.#isStopping) return this.#failAll();
      this.#rest(failed(`the writer died: ${problem}`));
      for (const answer of this.#asked.splice(0)) answer(this.#fault);
      this.queue.lose(this.#fault);
    });
    // After the listeners: adding one makes the thread count again.
    worker.unref();
  }

  #rest(fault: Failure): void {
    this.#fault = fault;
    const pauseMs = this.#faults === 0 ? 0 : pauseMsMin * 2 ** (this.#faults - 1);
    this.#faults += 1;
    this.#restUntil = (this.#options.clock?.monotonic() ?? 0) + Math.min(pauseMs, pauseMsMax);
  }

  #failAll(): void {
    this.#held = [];
    for (const answer of this.#asked.splice(0)) answer(this.#fault);
    this.queue.fail(this.#fault);
  }
}

interface Started {
  readonly worker: Worker;
  readonly opened: WriterLink['opened'];
}

async function startWriter(url: URL, settings: WriterSettings): Promise<Started> {
  let worker: Worker | undefined;
  try {
    worker = new Worker(url, {
      name: 'store-writer',
      workerData: settings,
      resourceLimits: heap,
      env: {},
      // Flags of this process, such as a loader or an inspector, are not meant for the writer.
      execArgv: [],
    });
    const opened = await firstReply(worker);
    if (opened.kind === 'opened') return { worker, opened };
    throw opened.kind === 'refused' ? toAgentError(opened.failure) : new Error(opened.kind);
  } catch (error) {
    await worker?.terminate();
    if (isAgentError(error)) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const problem = `the writer did not start: ${why}`;
    throw new AgentError('STORE_FAILED', { problem }, { cause: error });
  }
}

async function firstReply(worker: Worker): Promise<WriterReply> {
  const first = Promise.withResolvers<WriterReply>();
  worker.once('message', first.resolve);
  worker.once('error', first.reject);
  worker.once('exit', () => first.reject(new Error('it ended')));
  return first.promise;
}

function failed(problem: string): Failure {
  return { code: 'STORE_FAILED', details: { problem } };
}

function failureFrom({ code, details }: AgentError): Failure {
  return { code, details };
}
