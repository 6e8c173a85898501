// Owns a call of the engine: which model is tried, how often, and what is told about it. Refuses
// the loop over calls and any text in its records.

import { hash } from 'node:crypto';
import { AgentError } from '@opencomputer/contracts';
import type {
  Clock,
  ErrorCode,
  FinishReason,
  ModelConfiguration,
  Usage,
} from '@opencomputer/contracts';
import type {
  ModelAnswer,
  ModelDelta,
  ModelEngine,
  ModelRequest,
  ModelSummary,
} from '@opencomputer/contracts/internal';
import { isEmpty, toFinish, toParts, toUsage } from './answer.ts';
import { orAborted, runAttempt } from './attempt.ts';
import { abortedBy, backoffDelay, delay } from './backoff.ts';
import type { Backend } from './backend.ts';
import type { Environment } from './discover.ts';
import { createTokenEstimator } from './estimator.ts';
import type { TokenEstimator } from './estimator.ts';
import { toFailure } from './failure.ts';
import type { Failure, FailureOrigin } from './failure.ts';
import { keyMissing } from './key.ts';
import { defaultLimits } from './limits.ts';
import type { EngineLimits } from './limits.ts';
import type { Model } from './model.ts';
import type { PackageLoader } from './package.ts';
import { sortTools, toCallOptions } from './prompt.ts';
import { createRoster } from './roster.ts';
import { createTransport } from './transport.ts';

/** What is told about every call, answered or not. Holds no text of anybody. */
export interface CallRecord {
  readonly turn: string;
  readonly step: number;
  /** The model that answered, or the last one that was tried; empty when none could be. */
  readonly model: string;
  readonly provider: string;
  /** SHA-256 of system, messages, tools and the bound on the output; hexadecimal. */
  readonly promptHash: string;
  readonly usage: Usage;
  /** False: the price of the model is unknown, and the cost 0 says nothing. */
  readonly priced: boolean;
  /** Requests that were sent. */
  readonly attempts: number;
  readonly durationMs: number;
  readonly streamed: boolean;
  readonly finish?: FinishReason;
  /** Set when the call failed. */
  readonly code?: ErrorCode;
}

/** What the engine is built from. All of it is injected; nothing is read from the process. */
export interface EngineDependencies {
  readonly clock: Clock;
  /** Uniform, 0 ≤ x < 1; spreads the waits. */
  readonly random: () => number;
  readonly environment: Environment;
  /** Models in the order of preference; those of the environment come after them. */
  readonly settings?: readonly ModelConfiguration[];
  readonly limits?: Partial<EngineLimits>;
  /** Told after every call, before the call returns. Must not throw. */
  readonly onCall?: (record: CallRecord) => void;
  /** Instead of the engine's own HTTP client. */
  readonly fetch?: typeof globalThis.fetch;
  /** Backends beside the built-in ones, by name. */
  readonly backends?: Readonly<Record<string, Backend>>;
  /** Loads installed provider packages (`provider: package:NAME`). */
  readonly loadPackage?: PackageLoader;
  /** Local servers that are looked for when nothing is configured. */
  readonly localAddresses?: readonly string[];
}

/** The engine with what only the composition root uses. */
export interface LanguageEngine extends ModelEngine {
  readonly estimator: TokenEstimator;
  /**
   * Known models. Looks for local servers when there is none, not sooner than 5 s after the last
   * look; ends within 0.3 s and never rejects.
   */
  available(): Promise<readonly ModelSummary[]>;
  /** The window of the model that answers; small when there is none. */
  contextTokens(): number;
  /** Ends idle connections. Calls that run are ended by their own signals. */
  stop(): void;
}

/** The window while nobody knows which model will answer. */
const CONTEXT_TOKENS_UNKNOWN = 8_192;

/** Everything that the parts of a call share. */
interface Engine {
  readonly dependencies: EngineDependencies;
  readonly limits: EngineLimits;
  readonly estimator: TokenEstimator;
}

/** One call while it runs. */
interface Call {
  readonly request: ModelRequest;
  readonly signal: AbortSignal;
  readonly onDelta?: (delta: ModelDelta) => void;
  readonly promptHash: string;
  /** Characters that were sent, for estimates. */
  readonly characters: number;
  /** Ids of calls that the conversation already has. */
  readonly taken: ReadonlySet<string>;
  /** Requests sent so far. */
  attempts: number;
  /** Those of them that failed for a reason that may pass. */
  passing: number;
  empty: number;
  /** The model that is being tried. */
  model?: Model;
  /** The model that the listener was told of. */
  announced?: Model;
}

/** Builds the engine. Does nothing else: no request, no import of a provider, no timer. */
export function createModelEngine(dependencies: EngineDependencies): LanguageEngine {
  const limits = { ...defaultLimits, ...dependencies.limits };
  const { clock, environment } = dependencies;
  const transport = createTransport({ clock, limits, environment });
  const fetch = dependencies.fetch ?? transport.fetch;
  const roster = createRoster({ ...dependencies, limits, fetch });
  const estimator = createTokenEstimator();
  const engine: Engine = { dependencies, limits, estimator };
  return {
    estimator,
    models: () => roster.summaries(),
    choose: (model) => roster.choose(model),
    available: async () => {
      await roster.forCall();
      return roster.summaries();
    },
    contextTokens: () => roster.summaries()[0]?.contextTokens ?? CONTEXT_TOKENS_UNKNOWN,
    stop: () => transport.close(),
    call: async (request, { signal, onDelta }) => {
      const call = beginCall(request, signal, onDelta);
      const startedAt = clock.monotonic();
      const report = (rest: Partial<CallRecord>): void => {
        const durationMs = Math.round(clock.monotonic() - startedAt);
        dependencies.onCall?.({ ...toRecord(call), durationMs, ...rest });
      };
      try {
        const models = await roster.forCall();
        const { answer, priced } = await tryModels(engine, call, models);
        report({ usage: answer.usage, priced, finish: answer.finish });
        return answer;
      } catch (cause) {
        const error =
          cause instanceof AgentError ? cause : toFailure(cause, originOf(call, clock)).error;
        report({ code: error.code });
        throw error;
      }
    },
  };
}

function beginCall(
  request: ModelRequest,
  signal: AbortSignal,
  onDelta: ((delta: ModelDelta) => void) | undefined,
): Call {
  const { system, messages, outputTokensMax } = request;
  const sent = JSON.stringify([system, sortTools(request.tools), messages, outputTokensMax]);
  const taken = new Set<string>();
  for (const message of messages) {
    if (message.role === 'tool') taken.add(message.callId);
  }
  const counters = { attempts: 0, passing: 0, empty: 0 };
  const promptHash = hash('sha256', sent, 'hex');
  const call = { request, signal, promptHash, characters: sent.length, taken, ...counters };
  return onDelta ? { ...call, onDelta } : call;
}

function toRecord(call: Call): Omit<CallRecord, 'durationMs'> {
  return {
    ...call.request.trace,
    model: call.model?.name ?? '',
    provider: call.model?.target.provider ?? '',
    promptHash: call.promptHash,
    usage: { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cost: 0 },
    priced: false,
    attempts: call.attempts,
    streamed: call.onDelta !== undefined,
  };
}

function originOf({ model }: Call, clock: Clock): FailureOrigin {
  if (model === undefined) return { model: 'the model', now: clock.now() };
  const { label, target } = model;
  const origin = { model: label, baseUrl: target.baseUrl, now: clock.now() };
  return target.key === undefined
    ? { ...origin, withoutKey: () => keyMissing(target, label) }
    : origin;
}

/** An answer, and whether its price is known. */
interface Answered {
  readonly answer: ModelAnswer;
  readonly priced: boolean;
}

/** Tries the models in order until one answers; throws the first model's failure otherwise. */
async function tryModels(engine: Engine, call: Call, models: readonly Model[]): Promise<Answered> {
  const { clock } = engine.dependencies;
  if (models.length === 0) throw new AgentError('MODEL_MISSING');
  const ordered = byWindow(engine, call, models).slice(0, engine.limits.modelsMax);
  let failed: AgentError | undefined;
  let paused: AgentError | undefined;
  for (const [index, model] of ordered.entries()) {
    const now = clock.monotonic();
    if (!model.breaker.enter(now)) {
      paused ??= model.pauseError(now);
      continue;
    }
    call.model = model;
    const others = ordered.slice(index + 1).filter((other) => other.breaker.remaining(now) === 0);
    const result = await tryModel(engine, call, { model, others: others.length });
    if ('answer' in result) return result;
    failed ??= result.error;
    if (call.passing >= engine.limits.attemptsMax) break;
  }
  throw failed ?? paused ?? new AgentError('MODEL_MISSING');
}

/** Models whose window holds the request come first; the order stays otherwise. */
function byWindow(engine: Engine, call: Call, models: readonly Model[]): Model[] {
  const holds = (model: Model): boolean =>
    engine.estimator.tokensOf(call.characters, model.name) <= model.contextTokens;
  return [...models.filter(holds), ...models.filter((model) => !holds(model))];
}

/** Attempts with one model until it answers, or another one should be tried. */
async function tryModel(
  engine: Engine,
  call: Call,
  { model, others }: { model: Model; others: number },
): Promise<Answered | Failure> {
  const { clock } = engine.dependencies;
  for (;;) {
    try {
      const answered = await attempt(engine, call, model);
      model.succeed();
      return answered;
    } catch (cause) {
      if (call.signal.aborted) {
        model.breaker.release();
        throw abortedBy(call.signal);
      }
      const failure = toFailure(cause, originOf(call, clock));
      if (failure.contextTokens !== undefined) model.learnWindow(failure.contextTokens);
      if (failure.counts) model.fail(clock.monotonic(), failure.error);
      else model.breaker.release();
      if (!failure.retry) return failure;
      call.passing += 1;
      const wait = waitAfter(engine, call, { failure, others });
      if (wait === undefined || !model.breaker.enter(clock.monotonic())) return failure;
      await delay(clock, wait, call.signal).catch((error: unknown) => {
        model.breaker.release();
        throw error;
      });
    }
  }
}

/** Milliseconds until the next attempt with the same model; undefined when there is none. */
function waitAfter(
  { limits, dependencies }: Engine,
  call: Call,
  { failure: { waitMs = 0 }, others }: { failure: Failure; others: number },
): number | undefined {
  const left = limits.attemptsMax - call.passing;
  // One attempt is kept for each of the other models, as far as they go.
  if (left <= 0 || left <= others) return undefined;
  if (call.empty > 1) return undefined;
  const wait = waitMs + backoffDelay(call.passing, limits, dependencies.random);
  const waitMax = others > 0 ? limits.fallbackMsMax : limits.retryAfterMsMax;
  return waitMs > waitMax ? undefined : wait;
}

/** One attempt: opens the model, calls it, and makes our answer of what comes back. */
async function attempt(engine: Engine, call: Call, model: Model): Promise<Answered> {
  const { request, signal } = call;
  const { clock } = engine.dependencies;
  const shown = new Set<string>();
  const show = call.onDelta && showing(call.onDelta, shown);
  call.attempts += 1;
  try {
    const provider = await orAborted(model.open(), signal);
    if (call.announced !== model) show?.({ type: 'model-start', model: model.name });
    call.announced = model;
    const { origin, backend } = model;
    const raw = await runAttempt({
      provider,
      call: {
        ...toCallOptions(request, { origin, replaysReasoning: false, ...backend }),
        maxOutputTokens: outputTokensOf(request, model),
        ...(backend.providerOptions ? { providerOptions: backend.providerOptions } : {}),
      },
      clock,
      limits: engine.limits,
      signal,
      ...(show ? { onDelta: show } : {}),
      idPrefix: `s${request.trace.step}a${call.attempts}`,
    });
    const parts = toParts(raw.parts, { origin, taken: call.taken });
    const finish = toFinish(raw.finish, parts);
    if (!finish) throw broken('it was broken off');
    if (isEmpty(parts, finish)) {
      call.empty += 1;
      throw broken('it is empty');
    }
    const { usage, priced } = countUsage(engine, call, { model, raw });
    const { promptHash, attempts } = call;
    const answer = { parts, finish, usage, model: model.name, promptHash, attempts };
    return { answer, priced };
  } catch (error) {
    // What was shown is taken back, since another attempt says it anew; not so when the person
    // interrupted and has seen enough.
    if (!signal.aborted) {
      for (const id of shown) {
        call.onDelta?.({ type: 'text-withdraw', id, reason: 'the answer broke off' });
      }
    }
    throw error;
  }
}

/** As configured for the model, else as asked for; at most half of the window. */
function outputTokensOf({ outputTokensMax }: ModelRequest, { target, contextTokens }: Model) {
  return Math.min(target.outputTokensMax ?? outputTokensMax, Math.floor(contextTokens / 2));
}

function showing(onDelta: (delta: ModelDelta) => void, shown: Set<string>) {
  return (delta: ModelDelta): void => {
    if ('id' in delta) shown.add(delta.id);
    onDelta(delta);
  };
}

function broken(problem: string): AgentError {
  return new AgentError('MODEL_ANSWER', { problem });
}

function countUsage(
  { estimator }: Engine,
  call: Call,
  { model, raw }: { model: Model; raw: Awaited<ReturnType<typeof runAttempt>> },
): ReturnType<typeof toUsage> {
  const said = raw.parts.reduce(
    (sum, part) => sum + (part.type === 'tool-call' ? part.input.length : part.text.length),
    0,
  );
  const counted = raw.usage?.inputTokens.total;
  if (counted !== undefined) estimator.observe(model.name, call.characters, counted);
  return toUsage(raw.usage, model.price, {
    inputTokens: estimator.tokensOf(call.characters, model.name),
    outputTokens: estimator.tokensOf(said, model.name),
  });
}
