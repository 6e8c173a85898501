// Owns the life of one plugin: started on demand, stopped when idle, restarted with back-off, paused
// when it keeps crashing. Refuses to let a plugin's end be an exception: it is the outcome of a call.

import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { Clock, JsonObject, ToolDeclaration, ToolOutcome } from '@opencomputer/contracts';
import type { PluginAnswer, PluginCall, PluginConnection } from './connection.ts';
import type { Deadline } from './deadline.ts';
import type { PluginAccess } from './launch.ts';
import { failure, interrupted, readResult } from './outcome.ts';

/** Time that a handler has to end after its call was cancelled; then its process is killed. */
export const CANCEL_GRACE_MS = 2_000;
export const CRASHES_MAX = 5;
export const CRASH_WINDOW_MS = 600_000;
/** How long a plugin that crashed too often is refused. */
export const PAUSE_MS = 600_000;
const BACK_OFF_MS_FIRST = 100;
const BACK_OFF_MS_MAX = 5_000;
const CALLS_WAITING_MAX = 64;
const STORAGE_FOLDERS_MAX = 16;

/** What happens to a plugin's process, for events and metrics. */
export interface PluginEvent {
  readonly name: 'plugin-start' | 'plugin-stop' | 'plugin-crash' | 'plugin-pause';
  readonly plugin: string;
  readonly release?: string;
  readonly problem?: string;
}

/** What a supervisor knows of its plugin. */
export interface SupervisorOptions {
  readonly plugin: string;
  /** Digest of the release, for a plugin that is not part of the product. */
  readonly release?: string;
  readonly own: boolean;
  readonly idleMs: number;
  readonly outputBytesMax: number;
  readonly clock: Clock;
  /** Starts a process with exactly this access. Rejects with PLUGIN_START, PLUGIN_LOGIN. */
  start(access: PluginAccess): Promise<PluginConnection>;
  observe(event: PluginEvent): void;
}

/** One call of one tool. */
export interface SupervisedCall {
  readonly declaration: ToolDeclaration;
  readonly tool: string;
  readonly input: JsonObject;
  readonly circumstances?: JsonObject;
  readonly access: PluginAccess;
  readonly deadline: Deadline;
  readonly onService: PluginCall['onService'];
}

interface Running {
  readonly connection: PluginConnection;
  readonly access: PluginAccess;
  isStopping: boolean;
}

/** Runs the calls of one plugin. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  #running: Running | undefined;
  /** Starts and stops happen one after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  #openCalls = 0;
  #waiting = 0;
  #drained: (() => void)[] = [];
  #cancelIdle: (() => void) | undefined;
  /** Monotonic instants of crashes, oldest first. */
  #crashes: number[] = [];
  #pausedUntil = 0;
  #isClosed = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#running !== undefined && !this.#running.connection.isLost;
  }

  /** What the running process wrote to its log; empty when there is none. */
  get log(): string {
    return this.#running?.connection.log ?? '';
  }

  /** Runs one call. Never rejects. */
  async call(call: SupervisedCall): Promise<ToolOutcome> {
    const { plugin } = this.#options;
    let running: Running;
    try {
      running = await this.#acquire(call.access, call.deadline);
    } catch (error) {
      if (call.deadline.signal.aborted) return call.deadline.outcome(call.declaration, false);
      if (isAgentError(error)) return { status: 'failed', code: error.code, text: error.message };
      const problem = error instanceof Error ? error.message : String(error);
      return failure('PLUGIN_START', { plugin, problem });
    }
    const { tool, input, circumstances, onService } = call;
    const answer = await running.connection.call({
      tool,
      input,
      onService,
      signal: call.deadline.signal,
      ...(circumstances === undefined ? {} : { circumstances }),
    });
    if (answer.type === 'cancelled') void this.#awaitStop(running, answer.stopped);
    else this.#release();
    return this.#read(call, answer);
  }

  /** Ends the plugin after its open calls; later ones are refused. */
  async retire(): Promise<void> {
    await this.#whenDrained();
    await this.close();
  }

  /** Ends the plugin and refuses later calls. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#exclusive(() => this.#stopRunning());
  }

  #read(call: SupervisedCall, answer: PluginAnswer): ToolOutcome {
    const { declaration } = call;
    const { own, outputBytesMax: bytesMax, plugin } = this.#options;
    const tool = declaration.name;
    switch (answer.type) {
      case 'result':
        return readResult(answer.result, { tool, own, bytesMax });
      case 'error':
        return failure('TOOL_FAILED', { tool, problem: answer.message });
      case 'oversize':
        return interrupted(declaration, 'TOOL_OUTPUT_TOO_LARGE', {
          tool,
          bytes: `more than ${bytesMax}`,
          bytesMax,
        });
      case 'cancelled':
        return call.deadline.outcome(declaration, true);
      case 'lost':
        return interrupted(declaration, 'PLUGIN_CRASHED', { plugin, problem: answer.problem });
    }
  }

  /** A process that fits, with one more call counted in it. */
  async #acquire(access: PluginAccess, deadline: Deadline): Promise<Running> {
    if (this.#waiting >= CALLS_WAITING_MAX) throw new AgentError('SERVICE_BUSY');
    this.#waiting += 1;
    const ready = this.#exclusive(async () => {
      const running = await this.#ready(access, deadline);
      if (deadline.signal.aborted) throw new AgentError('TURN_CANCELLED', { reason: 'in time' });
      this.#cancelIdle?.();
      this.#openCalls += 1;
      return running;
    });
    try {
      return await Promise.race([ready, deadline.rejection]);
    } catch (error) {
      // Should it become ready all the same, nobody uses it.
      void ready.then(
        () => this.#release(),
        () => undefined,
      );
      throw error;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #ready(access: PluginAccess, deadline: Deadline): Promise<Running> {
    this.#refuseWhenPaused();
    const current = this.#running;
    if (current !== undefined && this.isRunning && covers(current.access, access)) return current;
    if (this.isRunning) await Promise.race([this.#whenDrained(), deadline.rejection]);
    await this.#stopRunning();
    await Promise.race([this.#backOff(), deadline.rejection]);
    const storage = new Set([...(current?.access.storage ?? []), ...access.storage]);
    const wanted = {
      folders: access.folders,
      storage: [...storage].slice(-STORAGE_FOLDERS_MAX),
    };
    return this.#start(wanted);
  }

  async #start(access: PluginAccess): Promise<Running> {
    let connection: PluginConnection;
    try {
      connection = await this.#options.start(access);
    } catch (error) {
      // Nobody being logged in is no fault of the plugin, and no reason for an older release.
      const isLogin = isAgentError(error) && error.code === 'PLUGIN_LOGIN';
      if (!isLogin) this.#countCrash(error instanceof Error ? error.message : String(error));
      throw error;
    }
    const running: Running = { connection, access, isStopping: false };
    this.#running = running;
    this.#tell('plugin-start');
    void connection.lost.then((problem) => {
      if (this.#running === running) this.#running = undefined;
      if (running.isStopping) this.#tell('plugin-stop');
      else this.#countCrash(problem);
    });
    return running;
  }

  async #stopRunning(): Promise<void> {
    this.#cancelIdle?.();
    const running = this.#running;
    if (running === undefined) return;
    running.isStopping = true;
    await running.connection.stop();
    if (this.#running === running) this.#running = undefined;
  }

  /** A handler that does not end after its call was cancelled takes its process with it. */
  async #awaitStop(running: Running, stopped: Promise<boolean>): Promise<void> {
    const late = Promise.withResolvers<boolean>();
    const cancel = this.#options.clock.after(CANCEL_GRACE_MS, () => late.resolve(false));
    const isStopped = await Promise.race([stopped, late.promise]);
    cancel();
    if (!isStopped) await running.connection.kill();
    this.#release();
  }

  #release(): void {
    this.#openCalls -= 1;
    if (this.#openCalls > 0) return;
    for (const resolve of this.#drained.splice(0)) resolve();
    this.#cancelIdle?.();
    if (this.#isClosed) return;
    this.#cancelIdle = this.#options.clock.after(this.#options.idleMs, () => {
      void this.#exclusive(async () => {
        if (this.#openCalls === 0) await this.#stopRunning();
      });
    });
  }

  #whenDrained(): Promise<void> {
    if (this.#openCalls === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#drained.push(resolve);
    return promise;
  }

  #refuseWhenPaused(): void {
    if (this.#isClosed) throw new AgentError('SERVICE_STOPPING');
    const leftMs = this.#pausedUntil - this.#options.clock.monotonic();
    if (leftMs <= 0) return;
    const { plugin } = this.#options;
    const problem = `${CRASHES_MAX} times; it is paused for ${Math.ceil(leftMs / 60_000)} min`;
    throw new AgentError('PLUGIN_CRASHED', { plugin, problem });
  }

  #countCrash(problem: string): void {
    const now = this.#options.clock.monotonic();
    this.#crashes = [...this.#crashes.filter((at) => now - at < CRASH_WINDOW_MS), now];
    this.#tell('plugin-crash', problem);
    if (this.#crashes.length < CRASHES_MAX) return;
    this.#pausedUntil = now + PAUSE_MS;
    this.#crashes = [];
    this.#tell('plugin-pause', problem);
  }

  #tell(name: PluginEvent['name'], problem?: string): void {
    const { plugin, release, observe } = this.#options;
    observe({
      name,
      plugin,
      ...(release !== undefined && { release }),
      ...(problem !== undefined && { problem }),
    });
  }

  #backOff(): Promise<void> {
    const last = this.#crashes.at(-1);
    if (last === undefined) return Promise.resolve();
    const doubled = BACK_OFF_MS_FIRST * 2 ** (this.#crashes.length - 1);
    const delayMs = last + Math.min(doubled, BACK_OFF_MS_MAX) - this.#options.clock.monotonic();
    if (delayMs <= 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#options.clock.after(delayMs, resolve);
    return promise;
  }

  #exclusive<Result>(run: () => Promise<Result>): Promise<Result> {
    const turn = this.#queue.then(run);
    this.#queue = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }
}

/** The same folders, neither more nor fewer; at least the same storage, which is sealed. */
function covers(has: PluginAccess, needs: PluginAccess): boolean {
  const folders = new Set(has.folders);
  return (
    folders.size === new Set(needs.folders).size &&
    needs.folders.every((folder) => folders.has(folder)) &&
    needs.storage.every((folder) => has.storage.includes(folder))
  );
}
