// Owns `agent` without a question: opens the agent, hands it to the chat, and says at the end how to
// go on. Refuses to start where there is no terminal to draw on.

import { AgentError } from '@opencomputer/contracts';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { createProgress } from '../progress.ts';
import { sanitiseLine } from '../sanitise.ts';
import { withSharedAgent } from '../with-agent.ts';
import { chosenConversation, run } from './run.ts';

/** Talks in the terminal; a pipe without words is a message. */
export async function chat(
  context: CommandContext,
  operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  const { terminal } = context.environment;
  if (!terminal.isInput) return run(context, operands, options);
  if (!terminal.isOutput || terminal.isDumb) throw new AgentError('TERMINAL_MISSING');
  const { error, clock, output } = context;
  const progress = createProgress({
    output: error,
    clock,
    columns: terminal.columns,
    isVisible: true,
  });
  progress.wait('starting');
  const screen = import('../chat/index.ts');
  try {
    await withSharedAgent(context, options, async ({ service, timeZone }) => {
      const conversation = await chosenConversation(service, options);
      const { startChat } = await screen;
      progress.end();
      const end = await startChat({
        context,
        service,
        timeZone,
        ...(conversation === undefined ? {} : { conversation }),
        modelOnly: options['modelOnly'] === true,
      });
      if (end.conversation !== undefined) {
        output.write(`Go on with: agent --resume ${sanitiseLine(end.conversation)}\n`);
      }
    });
  } finally {
    progress.end();
  }
  return 0;
}
