// Owns the order within a conversation: its open messages are worked on one after another, as the
// inbox lists them. Refuses to be a queue: what is waiting stands in the inbox alone.

import {
  ChildWorkflowFailure,
  condition,
  continueAsNew,
  executeChild,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { earlySignal, inputSignal, wakeSignal, workflowTaskMsMax } from './names.ts';
import type { ConversationArgument, EarlyInput } from './names.ts';
import { insist, quick } from './steps.ts';
import { turn } from './turn.ts';

/** Inputs of turns that have not begun; more than a person can mean. */
const earlyMax = 1_000;
/** Turns that fail in a row as workflows before the message is set aside. */
const failuresMax = 3;
/** How long to wait before looking again at a turn that somebody else has begun. */
const elsewhereMs = 2_000;
/** How long it stays for the next message, which is then begun sooner. */
const idleMs = 5_000;

/** Works on the open messages of a conversation until there are none. */
export async function conversation(argument: ConversationArgument): Promise<void> {
  const run = new ConversationRun(argument);
  setHandler(wakeSignal, () => run.wake());
  setHandler(earlySignal, (early) => run.hold(early));
  await run.run();
}

class ConversationRun {
  readonly #conversation: string;
  #early: EarlyInput[];
  #running: string | undefined;
  #isNews = true;

  constructor(argument: ConversationArgument) {
    this.#conversation = argument.conversation;
    this.#early = [...argument.early];
  }

  wake(): void {
    this.#isNews = true;
  }

  /** For the turn that runs, or one that will. */
  hold(early: EarlyInput): void {
    if (early.turn === this.#running) {
      // A turn that has ended in the meantime needs it no more.
      getExternalWorkflowHandle(early.turn)
        .signal(inputSignal, early.input)
        .catch(() => undefined);
    } else if (this.#early.length < earlyMax) this.#early.push(early);
    this.#isNews = true;
  }

  async run(): Promise<void> {
    let failures = 0;
    while (this.#isNews || (await condition(() => this.#isNews, idleMs))) {
      this.#isNews = false;
      const next = await insist(() => quick.next(this.#conversation), Number.POSITIVE_INFINITY);
      if (next === null) continue;
      this.#isNews = true;
      failures = (await this.#runTurn(next)) ? 0 : failures + 1;
      if (failures >= failuresMax) {
        await insist(() => quick.park(next), Number.POSITIVE_INFINITY);
        failures = 0;
      }
      if (workflowInfo().continueAsNewSuggested) {
        await continueAsNew<typeof conversation>({
          conversation: this.#conversation,
          early: this.#early,
        });
      }
    }
  }

  /** False when it did not end as a turn does. */
  async #runTurn(id: string): Promise<boolean> {
    const inputs = this.#early.filter((early) => early.turn === id).map(({ input }) => input);
    this.#early = this.#early.filter((early) => early.turn !== id);
    this.#running = id;
    try {
      await executeChild(turn, {
        workflowId: id,
        args: [{ turn: id, inputs }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        workflowTaskTimeout: workflowTaskMsMax,
      });
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) {
        await sleep(elsewhereMs);
        return true;
      }
      if (error instanceof ChildWorkflowFailure) return false;
      throw error;
    } finally {
      this.#running = undefined;
    }
  }
}
