// Owns one model of the engine: which it is, its window, its breaker, and the provider once it is
// open. Refuses to be opened twice at the same time.

import { AgentError } from '@opencomputer/contracts';
import type { Clock, Provider } from '@opencomputer/contracts';
import type { ModelSummary } from '@opencomputer/contracts/internal';
import type { Backend, ModelTarget } from './backend.ts';
import { keyMissing, needsKey } from './key.ts';
import { createBreaker } from './breaker.ts';
import type { Breaker } from './breaker.ts';
import { modelFacts } from './catalogue.ts';
import type { ModelFacts, ModelPrice } from './catalogue.ts';
import type { EngineLimits } from './limits.ts';
import { listModels } from './listing.ts';

/** Windows when nothing is known: local servers are usually started with little. */
const LOCAL_CONTEXT_TOKENS = 8_192;
const HOSTED_CONTEXT_TOKENS = 32_768;
/** A refusal that names less than this was misread. */
const CONTEXT_TOKENS_MIN = 1_024;

/** Failures that waiting does not cure. */
const LASTING: ReadonlySet<string> = new Set([
  'MODEL_AUTHENTICATION',
  'MODEL_KEY_MISSING',
  'MODEL_BILLING',
]);

/** Shown while a server has not been asked which model it has. */
const UNNAMED = 'auto';

/** What a model needs. */
export interface ModelDependencies {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly limits: EngineLimits;
}

/** One model of the engine, from its configuration to what was learned of it. */
export class Model {
  readonly target: ModelTarget;
  readonly backend: Backend;
  readonly breaker: Breaker;
  readonly #dependencies: ModelDependencies;
  readonly #isLocal: boolean;
  #name: string | undefined;
  /** What is published of the model with this name; looked up once. */
  #facts: ModelFacts | undefined;
  #listedTokens: number | undefined;
  #learnedTokens: number = Number.POSITIVE_INFINITY;
  #opening: Promise<Provider> | undefined;
  #answered = false;
  #lastError: AgentError | undefined;

  constructor(target: ModelTarget, backend: Backend, dependencies: ModelDependencies) {
    this.target = target;
    this.backend = backend;
    this.breaker = createBreaker(dependencies.limits);
    this.#dependencies = dependencies;
    this.#isLocal = isLocal(target);
    this.#setName(target.model);
  }

  #setName(name: string | undefined): void {
    this.#name = name;
    this.#facts = name === undefined ? undefined : modelFacts(name);
  }

  /** `auto` until the server was asked what it has. */
  get name(): string {
    return this.#name ?? UNNAMED;
  }

  /** As sentences call it. */
  get label(): string {
    return this.#name ?? 'the model';
  }

  /** `provider/model`. */
  get origin(): string {
    return `${this.target.provider}/${this.name}`;
  }

  /** The window: what the configuration, the server or the table says, or what was refused. */
  get contextTokens(): number {
    const known = this.target.contextTokens ?? this.#listedTokens;
    const assumed = this.#isLocal ? LOCAL_CONTEXT_TOKENS : HOSTED_CONTEXT_TOKENS;
    const tokens = known ?? this.#facts?.contextTokens ?? assumed;
    return Math.min(this.#learnedTokens, tokens);
  }

  /** As configured, else as published; undefined when unknown, or somebody's own machine. */
  get price(): ModelPrice | undefined {
    const { price } = this.target;
    return price ?? (this.#isLocal ? undefined : this.#facts?.price);
  }

  /** Opens the provider at the first call; later calls share it. A failure is not remembered. */
  async open(): Promise<Provider> {
    this.#opening ??= this.#open();
    try {
      return await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  async #open(): Promise<Provider> {
    const { target, backend } = this;
    // Asking without a key would only be told that the key is wrong.
    if (target.key === undefined && needsKey(target)) throw keyMissing(target, this.label);
    const { fetch, clock, limits } = this.#dependencies;
    if (this.#name === undefined) {
      if (!backend.listsModels) throw unnamed(target.provider, 'no model is named');
      const asking = { fetch, clock, limitMs: limits.connectMsMax };
      const [listed] = await listModels(target, asking);
      if (!listed) throw unnamed(target.provider, 'the server lists no model; name one');
      this.#setName(listed.model);
      this.#listedTokens = listed.contextTokens;
    }
    return backend.open({ target, model: this.name, fetch });
  }

  /** The provider named a smaller window than was assumed. */
  learnWindow(contextTokens: number): void {
    this.#learnedTokens = Math.min(
      this.#learnedTokens,
      Math.max(CONTEXT_TOKENS_MIN, contextTokens),
    );
  }

  /** It has answered. */
  succeed(): void {
    this.#answered = true;
    this.breaker.succeed();
  }

  /** It has failed at `now` (monotonic milliseconds) in a way that counts against it. */
  fail(now: number, error: AgentError): void {
    this.#lastError = error;
    this.breaker.fail(now);
  }

  /** Why it is not called while it is paused. */
  pauseError(now: number): AgentError {
    const model = this.name;
    // A wrong key or an unpaid bill is what somebody can act on; the pause only hides it.
    const last = this.#lastError;
    if (last !== undefined && LASTING.has(last.code)) {
      return new AgentError(last.code, { ...last.details, model });
    }
    const seconds = Math.ceil(this.breaker.remaining(now) / 1000);
    return new AgentError('MODEL_BREAKER', { model, seconds, retryAfterSeconds: seconds });
  }

  summary(now: number, current: boolean): ModelSummary {
    const { name: model, contextTokens } = this;
    const paused = this.breaker.remaining(now) > 0;
    const state = paused ? 'paused' : this.#answered ? 'ready' : 'unknown';
    return { model, provider: this.target.provider, state, contextTokens, current };
  }
}

function unnamed(model: string, problem: string): AgentError {
  return new AgentError('MODEL_REQUEST', { model, problem });
}

/** Loopback and private addresses: somebody's own machine, without a price. */
function isLocal({ baseUrl }: ModelTarget): boolean {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return false;
  const { hostname, protocol } = new URL(baseUrl);
  if (protocol === 'file:') return true;
  return /^(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|\[::1\]|\[f[cd])|\.local$|^[^.]+$/.test(
    hostname,
  );
}
