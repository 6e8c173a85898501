// Owns what becomes of the commands that a crash interrupted: which are done again, and which inputs
// stand for those that are not. Refuses to do anything twice that may not be done twice.

import type { Command, TurnInput } from '@opencomputer/contracts';
import type { InstalledTool } from '@opencomputer/contracts/internal';

/** Commands that are executed now, and inputs that take the place of the others. */
export interface Resumption {
  readonly commands: readonly Command[];
  readonly inputs: readonly TurnInput[];
}

/**
 * What follows from the commands that were pending at a crash. A call without an idempotency key
 * that had started is not run again, and a question that was open counts as not answered, since
 * nobody is there to hear it again.
 */
export function resumption(
  pending: readonly Command[],
  tools: readonly InstalledTool[],
  at: number,
): Resumption {
  const commands: Command[] = [];
  const inputs: TurnInput[] = [];
  for (const command of pending) {
    if (command.type === 'approval-ask') inputs.push({ type: 'timer-fire', at, timer: 'approval' });
    else if (command.type === 'tool-call' && !isRepeatable(command.call.tool, tools)) {
      const { callId, tool } = command.call;
      const text = `${tool} was running when the agent stopped. It may have taken effect.`;
      inputs.push({ type: 'tool-finish', at, callId, outcome: { status: 'unknown', text } });
    } else commands.push(command);
  }
  return { commands, inputs };
}

function isRepeatable(name: string, tools: readonly InstalledTool[]): boolean {
  const tool = tools.find(({ declaration }) => declaration.name === name)?.declaration;
  return tool?.effect === 'read' || tool?.idempotent === true;
}
