// Owns the ports between the driver of a cluster and the durable engine it runs on: what a turn needs
// done outside its pure core, and what is asked of the engine. Refuses the engine's own types.

import type { TurnInput } from '../turn.ts';

/**
 * An input of a turn as the engine carries it. Of one that is large it carries as much as the control
 * flow of the turn needs, and `kept` names the event that holds the whole.
 */
export interface CarriedInput {
  readonly input: TurnInput;
  readonly kept?: string;
}

/** Inputs that are not known to be in the record: `inputs[0]` has the place `from`. */
export interface Unrecorded {
  readonly from: number;
  readonly inputs: readonly CarriedInput[];
}

/** How a call may be run, as its tool declares it. */
export interface CallTerms {
  readonly callId: string;
  /** True for a tool that reads, or that has its effect once under one idempotency key. */
  readonly repeatable: boolean;
  readonly timeoutMs: number;
}

/** Decisions about calls, with the terms of each. */
export interface DecidedCalls {
  readonly decided: CarriedInput;
  readonly terms: readonly CallTerms[];
}

/** A turn as its record tells it: never empty. */
export interface BegunTurn {
  readonly record: readonly CarriedInput[];
  /** Terms of the calls that are open, when the turn was interrupted. */
  readonly terms: readonly CallTerms[];
}

/** A command of a turn that is executed, after what is unrecorded was written. */
export type ClusterWork =
  | { readonly type: 'decide' }
  | { readonly type: 'record' }
  | { readonly type: 'model' }
  | { readonly type: 'tool'; readonly callId: string; readonly idempotencyKey: string }
  /** `at` is the instant of the end, the same however often it is tried. */
  | { readonly type: 'finish'; readonly at: number };

/** What has to be done for a turn, and what has to be written before. */
export interface ClusterStep<Work extends ClusterWork = ClusterWork> {
  readonly turn: string;
  readonly unrecorded: Unrecorded;
  readonly work: Work;
}

/** One kind of step. */
export type ClusterStepOf<Type extends ClusterWork['type']> = ClusterStep<
  Extract<ClusterWork, { type: Type }>
>;

/** Steps of a turn. Each may be tried again after it took effect, and must then have none. */
export interface TurnSteps {
  /** Starts the turn, or gives the record of one that was started. */
  begin(turn: string): Promise<BegunTurn>;
  record(step: ClusterStepOf<'record'>): Promise<void>;
  decide(step: ClusterStepOf<'decide'>): Promise<DecidedCalls>;
  callModel(step: ClusterStepOf<'model'>, signal: AbortSignal): Promise<CarriedInput>;
  callTool(step: ClusterStepOf<'tool'>, signal: AbortSignal): Promise<CarriedInput>;
  /** One commit: the last inputs, the end, the reply, the answered message. */
  finish(step: ClusterStepOf<'finish'>): Promise<void>;
}

/** Steps of what is around turns. */
export interface ClusterSteps extends TurnSteps {
  /** The oldest open message of a conversation; null when it has none. */
  next(conversation: string): Promise<string | null>;
  /** Sets a message aside whose turn cannot be run. */
  park(turn: string): Promise<void>;
  /** Fires the timers that are due; gives the milliseconds after which to look again. */
  fireTimers(): Promise<number>;
}

/** A process of a cluster takes messages in, does the work, or both. */
export type ClusterRole = 'gateway' | 'worker';

/** What an engine is opened with. */
export interface ClusterEngineOptions {
  /** `host:port` of the engine's server. */
  readonly address: string;
  /** Of the server; absent: `default`. */
  readonly namespace?: string;
  /** 32 bytes under which everything that the server keeps is sealed; the same in every process. */
  readonly key: Uint8Array;
  /** Separates this installation from others on the same server. */
  readonly installation: string;
  /** Absent in a process that does no work. */
  readonly steps?: ClusterSteps;
  /** A folder of this account for files that can be made again. */
  readonly cacheDirectory?: string;
  /** Milliseconds in which running steps may end at a stop. */
  readonly graceMs: number;
  /** Tells the operator of a fault that no person waits for. */
  readonly report: (error: unknown, about: string) => void;
}

/** A durable engine that runs turns: in order within a conversation, each to its end. */
export interface ClusterEngine {
  /** Has the open messages of a conversation worked on; asking again is harmless. */
  wake(conversation: ConversationKey): Promise<void>;
  /** Hands an input to a turn that runs or waits for its turn in its conversation. */
  signal(conversation: ConversationKey, turn: string, input: TurnInput): Promise<void>;
  /** Has the timers looked at; asking again is harmless. */
  wakeTimers(): Promise<void>;
  /** Takes no new work, and resolves when what had begun has ended or was given back. */
  stop(): Promise<void>;
}

/** A conversation, and the keyed hash by which the engine's server knows it. */
export interface ConversationKey {
  readonly conversation: string;
  readonly key: string;
}

/** Opens an engine. Rejects with ENGINE_UNREACHABLE. */
export type OpenClusterEngine = (options: ClusterEngineOptions) => Promise<ClusterEngine>;
