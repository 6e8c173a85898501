// Owns the other end of a plugin's standard streams, as a suite holds it: lines out, answers in.
// Refuses to use a kit: it speaks newline-delimited JSON-RPC itself.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { JsonObject } from '@opencomputer/contracts';

/** How a process is started; absent: the folder and the variables of the suite. */
export interface ProgramStart {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const STOPPED_METHOD = 'notifications/opencomputer/stopped';
const ANSWER_MS_MAX = 10_000;
const END_MS_MAX = 5_000;
const LOG_CHARACTERS_MAX = 2_000;

/** The other end of a plugin's standard streams. */
export class Peer {
  /** Lines that are no JSON. */
  readonly strays: string[] = [];
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #waiting = new Map<unknown, PromiseWithResolvers<JsonObject>>();
  #lastId = 0;
  #log = '';

  constructor(program: ProgramStart) {
    const { command, arguments: words, directory, environment } = program;
    this.#process = spawn(command, [...words], {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(directory === undefined ? {} : { cwd: directory }),
      ...(environment === undefined ? {} : { env: { ...environment } }),
    });
    const { stdin, stdout, stderr } = this.#process;
    assert.ok(stdin && stdout && stderr);
    stderr.on('data', (chunk: Buffer) => {
      this.#log = `${this.#log}${chunk.toString()}`.slice(-LOG_CHARACTERS_MAX);
    });
    createInterface({ input: stdout }).on('line', (line) => this.#receive(line));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ended = promise;
    this.#process.once('exit', () => resolve());
    this.#process.once('error', (error) => {
      this.#fail(error.message);
      resolve();
    });
    stdin.on('error', () => this.#fail('the process does not read'));
    stdout.once('close', () => this.#fail('the process closed its output'));
  }

  ask(method: string, params: JsonObject): Promise<JsonObject> {
    this.#lastId += 1;
    const id = this.#lastId;
    return this.#exchange(id, JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  }

  /** Sends what gets no answer. */
  notify(method: string, params: JsonObject): void {
    this.#process.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', method, params })}\n`);
  }

  /** Sends what may not even be a message, and waits for nothing. */
  write(text: string): void {
    this.#process.stdin?.write(text);
  }

  /** The id that the next `ask` uses. */
  get nextId(): number {
    return this.#lastId + 1;
  }

  /** Resolves with the first notification of this method about this request. */
  stopped(id: number): Promise<void> {
    const stopped = Promise.withResolvers<JsonObject>();
    this.#waiting.set(`stopped ${id}`, stopped);
    return stopped.promise.then(() => undefined);
  }

  /** Sends a line that has no id; its answer has none either. */
  raw(line: string): Promise<JsonObject> {
    return this.#exchange(null, line);
  }

  async result(method: string, params: JsonObject): Promise<JsonObject> {
    const answer = await this.ask(method, params);
    assert.ok('result' in answer, JSON.stringify(answer));
    return answer['result'] as JsonObject;
  }

  async errorCode(method: string, params: JsonObject): Promise<unknown> {
    const { error } = await this.ask(method, params);
    return (error as JsonObject | undefined)?.['code'];
  }

  /** Closes its input; gives the exit code and the signal with which it ended. */
  async end(limitMs: number = END_MS_MAX): Promise<readonly unknown[]> {
    this.#process.stdin?.end();
    await withinTime(this.#ended, limitMs, 'the process goes on without its input');
    return [this.#process.exitCode, this.#process.signalCode];
  }

  /** Ends it at whatever it is doing; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  async #exchange(id: unknown, line: string): Promise<JsonObject> {
    const answer = Promise.withResolvers<JsonObject>();
    this.#waiting.set(id, answer);
    this.#process.stdin?.write(`${line}\n`);
    return withinTime(answer.promise, ANSWER_MS_MAX, `no answer to ${line}`);
  }

  #fail(why: string): void {
    const log = this.#log.trim();
    const problem = log === '' ? why : `${why}; its log ends: ${log}`;
    for (const { reject } of this.#waiting.values()) reject(new Error(problem));
    this.#waiting.clear();
  }

  #receive(line: string): void {
    let message: JsonObject;
    try {
      message = JSON.parse(line) as JsonObject;
    } catch {
      this.strays.push(line);
      return;
    }
    const params = message['params'] as JsonObject | undefined;
    const isStopped = message['method'] === STOPPED_METHOD;
    const id = isStopped
      ? `stopped ${JSON.stringify(params?.['requestId'])}`
      : (message['id'] ?? null);
    this.#waiting.get(id)?.resolve(message);
    this.#waiting.delete(id);
  }
}

/** Rejects with `otherwise` when the work takes longer. */
export async function withinTime<Value>(
  work: Promise<Value>,
  limitMs: number,
  otherwise: string,
): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(otherwise)), limitMs);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
