// Owns a plugin that is one run of a program for each call: JSON in, JSON or text out, the outcome by
// its exit code. Refuses to let a run outlive its call, or print more than the plugin may return.

import type { Json, JsonObject } from '@opencomputer/contracts';
import { killGroup, startProblem, startProcess } from './child.ts';
import type { ChildProcess, ChildSpecification } from './child.ts';
import type { PluginAnswer, PluginCall, PluginConnection } from './connection.ts';
import { isObject } from './json-object.ts';
import { LogTail } from './log-tail.ts';
import { resultSaying } from './own-result.ts';

/** Exit code of a program that will not do what was asked, for a reason that it prints. */
const EXIT_REFUSED = 3;
/** Runs at the same time; one more is answered as busy. */
const RUNS_OPEN_MAX = 16;
const LOG_BYTES_MAX = 64_000;
/** All that one run may log; only the last of it is kept. */
const RUN_LOG_BYTES_MAX = 4_000_000;
/** Code of JSON-RPC for a server that takes no more. */
const BUSY = -32000;
const STATUSES = ['done', 'refused', 'failed', 'unknown'];

/** How one tool is run: the program with its arguments, `lineBytesMax` for all that it prints. */
export type RunSpecification = (tool: string) => ChildSpecification | Promise<ChildSpecification>;

/**
 * Runs a program for each call. Its standard input is one line, `{"tool", "arguments", "context"}`, the
 * context without storage: a run has none. Exit code 0: what it printed is the outcome, as JSON with
 * `status` and `text`, as other JSON, or as text. Exit code 3: a refusal in its words. Any other: failed,
 * with the last line of its standard error. A cancelled run is killed with all that it started.
 */
export class CommandConnection implements PluginConnection {
  readonly lost: Promise<string>;
  readonly #specify: RunSpecification;
  readonly #log = new LogTail(LOG_BYTES_MAX);
  readonly #open = new Set<Run>();
  #starting = 0;
  readonly #resolveLost: (problem: string) => void;
  #isLost = false;

  constructor(specify: RunSpecification) {
    this.#specify = specify;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.lost = promise;
    this.#resolveLost = resolve;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  get log(): string {
    return this.#log.text();
  }

  /** There is nothing between calls to end: open ones are killed. */
  stop(): Promise<void> {
    return this.kill();
  }

  async kill(): Promise<void> {
    this.#lose('it was stopped');
    const ended = [...this.#open].map((run) => run.kill());
    await Promise.all(ended);
  }

  async call(call: PluginCall): Promise<PluginAnswer> {
    if (this.#isLost) return { type: 'lost', problem: 'it is not running' };
    if (this.#open.size + this.#starting >= RUNS_OPEN_MAX) {
      return { type: 'error', code: BUSY, message: `${RUNS_OPEN_MAX} runs are open` };
    }
    let run: Run;
    this.#starting += 1;
    try {
      const specification = await this.#specify(call.tool);
      if (this.#isLost) return { type: 'lost', problem: 'it is not running' };
      run = new Run(specification, this.#log);
    } catch (error) {
      return this.#lose(error instanceof Error ? error.message : String(error));
    } finally {
      this.#starting -= 1;
    }
    this.#open.add(run);
    void run.ended.then(() => this.#open.delete(run));
    run.send(inputOf(call));
    const aborted = Promise.withResolvers<PluginAnswer>();
    const cancel = (): void => {
      aborted.resolve({ type: 'cancelled', stopped: run.kill().then(() => true) });
    };
    call.signal.addEventListener('abort', cancel, { once: true });
    if (call.signal.aborted) cancel();
    const answer = await Promise.race([aborted.promise, run.ended]);
    call.signal.removeEventListener('abort', cancel);
    // What cannot even be started will not be the next time either.
    return answer.type === 'lost' && run.problem !== '' ? this.#lose(run.problem) : answer;
  }

  #lose(problem: string): PluginAnswer {
    this.#isLost = true;
    this.#resolveLost(problem);
    return { type: 'lost', problem };
  }
}

/** What a run is told. The handle of the storage stays here: it holds a key. */
function inputOf({ tool, input, circumstances = {} }: PluginCall): string {
  const { storage: _, ...context } = circumstances;
  return `${JSON.stringify({ tool, arguments: input, context })}\n`;
}

/** One run of the program, to its end. */
class Run {
  readonly ended: Promise<PluginAnswer>;
  readonly #process: ChildProcess;
  readonly #pieces: Buffer[] = [];
  readonly #last = new LogTail(1_000);
  #bytes = 0;
  #logBytes = 0;
  #isOver = false;
  /** Why it could not be started; empty when it was. */
  problem = '';

  constructor(specification: ChildSpecification, log: LogTail) {
    this.#process = startProcess(specification);
    const { stdin, stdout, stderr } = this.#process;
    const { promise, resolve } = Promise.withResolvers<PluginAnswer>();
    this.ended = promise;
    // A program may end without reading; a broken pipe is no event of its own.
    for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined);
    stdout.on('data', (chunk: Buffer) => this.#take(chunk, specification.lineBytesMax));
    stderr.on('data', (chunk: Buffer) => {
      log.push(chunk);
      this.#last.push(chunk);
      this.#logBytes += chunk.length;
      if (this.#logBytes > RUN_LOG_BYTES_MAX) killGroup(this.#process, 'SIGKILL');
    });
    this.#process.on('error', (error) => {
      this.problem = startProblem(specification.command, error);
      resolve({ type: 'lost', problem: this.problem });
    });
    // Whoever else holds the pipes must not keep the call open: the group ends with the program.
    this.#process.on('exit', () => killGroup(this.#process, 'SIGKILL'));
    this.#process.on('close', (code, signal) => {
      this.#isOver = true;
      const isOversize = this.#bytes > specification.lineBytesMax;
      resolve(isOversize ? { type: 'oversize' } : this.#read(code, signal));
    });
  }

  send(text: string): void {
    this.#process.stdin.end(text);
  }

  /** Ends it and all that it started; resolves when it is gone. */
  async kill(): Promise<void> {
    if (!this.#isOver) killGroup(this.#process, 'SIGKILL');
    await this.ended;
  }

  #take(chunk: Buffer, bytesMax: number): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= bytesMax) this.#pieces.push(chunk);
    else killGroup(this.#process, 'SIGKILL');
  }

  #read(code: number | null, signal: NodeJS.Signals | null): PluginAnswer {
    const text = Buffer.concat(this.#pieces).toString('utf8').trim();
    if (code === 0) return { type: 'result', result: resultOf(text) };
    const reason = text === '' ? this.#last.lastLine(300) : text;
    if (code === EXIT_REFUSED) return outcome('refused', reason || 'It refused.');
    if (signal !== null) return { type: 'lost', problem: `signal ${signal}` };
    const why = this.#last.lastLine(300) || text.slice(0, 300);
    return outcome('failed', why === '' ? `exit code ${code}` : `exit code ${code}: ${why}`);
  }
}

/** The result (MCP, `CallToolResult`) that what was printed stands for. */
function resultOf(printed: string): JsonObject {
  const value = parse(printed);
  if (!isObject(value)) {
    // A list or a number is data, a plain text stands for itself.
    const data = value === undefined ? {} : { 'opencomputer/data': value };
    return { content: [{ type: 'text', text: printed }], _meta: data };
  }
  const { status, text, data, code, timers } = value;
  if (typeof status !== 'string' || !STATUSES.includes(status) || typeof text !== 'string') {
    return { content: [{ type: 'text', text: printed }], structuredContent: value };
  }
  const said = {
    status,
    ...(typeof code === 'string' ? { code } : {}),
    ...(timers === undefined ? {} : { timers }),
  };
  return resultSaying(said, { text, data });
}

function outcome(status: 'refused' | 'failed', text: string): PluginAnswer {
  return { type: 'result', result: resultSaying({ status }, { text, data: undefined }) };
}

/** The value that a text is as JSON; undefined for any other text. */
function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
