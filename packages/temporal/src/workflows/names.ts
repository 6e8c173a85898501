// Owns the names and shapes that cross between workflows, client and activities. Refuses behaviour:
// old histories refer to these names, so they are never changed, only added to.

import type { TurnInput } from '@opencomputer/contracts';
import { defineSignal } from '@temporalio/workflow';
import type { SignalDefinition } from '@temporalio/workflow';

/** What a turn is started with; `inputs` came before it was. */
export interface TurnArgument {
  readonly turn: string;
  readonly inputs: readonly TurnInput[];
}

/** What a conversation is started with. */
export interface ConversationArgument {
  readonly conversation: string;
  /** Inputs of turns that have not begun, after it was continued. */
  readonly early: readonly EarlyInput[];
}

/** An input of a turn that may not have begun. */
export interface EarlyInput {
  readonly turn: string;
  readonly input: TurnInput;
}

/** To a turn: an answer, a cancel, words to steer by. */
export const inputSignal: SignalDefinition<[TurnInput]> = defineSignal('input');
/** To a conversation: it has an open message. */
export const wakeSignal: SignalDefinition = defineSignal('wake');
/** To a conversation: an input of a turn that may not have begun. */
export const earlySignal: SignalDefinition<[EarlyInput]> = defineSignal('early');

/** Milliseconds after which a workflow's worker counts as lost. */
export const workflowTaskMsMax = 5_000;
