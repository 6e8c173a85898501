// Owns what both drivers derive from a turn: identifiers of calls, what the person said, what ends it.
// Refuses I/O beyond the statements it makes.

import { AgentError } from '@opencomputer/contracts';
import type { AssistantPart, InboundMessage, TurnInput, TurnState } from '@opencomputer/contracts';
import type { FinishedTurn, Statement } from '@opencomputer/contracts/internal';
import { finishedTurn } from './journal.ts';
import { outcomeEvents } from './pending.ts';
import type { DriverPorts } from './ports.ts';

/** Calls under identifiers of our own: a model may use one twice, and effects are keyed by them. */
export function uniqueCalls(
  parts: readonly AssistantPart[],
  { turn, step }: { readonly turn: string; readonly step: number },
): readonly AssistantPart[] {
  const prefix = `${turn.slice(-8)}_${step}`;
  return parts.map((part, index) =>
    part.type === 'tool-call'
      ? { ...part, call: { ...part.call, callId: `call_${prefix}_${index}` } }
      : part,
  );
}

/**
 * What the person said in this turn, without what was attached; nothing for the fast path, whose
 * arguments are the person's words. Words of earlier turns were about something else.
 */
export function saidIn(state: TurnState | undefined): readonly string[] | undefined {
  if (state?.progress.intent !== undefined) return undefined;
  const messages = state?.messages ?? [];
  return messages.flatMap((message) => (message.role === 'user' ? [message.text] : []));
}

/** A turn whose record is complete. */
export interface CompleteTurn {
  readonly message: InboundMessage;
  readonly record: readonly TurnInput[];
  readonly replyId: string;
  /** When it ended, milliseconds since the Unix epoch. */
  readonly at: number;
  /** Whose a tool is. */
  readonly plugin: (tool: string) => string;
}

/** How a turn ended, and the statements that say so in the commit with its last inputs. */
export async function endOf<View>(
  { core, log }: Pick<DriverPorts<View>, 'core' | 'log'>,
  complete: CompleteTurn,
): Promise<{ readonly finished: FinishedTurn; readonly statements: readonly Statement[] }> {
  const { message, record, replyId, at } = complete;
  const { id: turn, channel, person, conversation } = message;
  const finished = finishedTurn(core.machine, turn, record);
  if (finished === undefined) throw new AgentError('INTERNAL', { problem: 'turn without end' });
  const { status, usage, reply: text } = finished;
  const state = core.machine.replay(record);
  const { error } = state?.reply ?? {};
  const payload = { status, usage: { ...usage }, ...(error && { error: { ...error } }) };
  const owner = { person, conversation, turn };
  const statements = [
    ...observed(log, complete, finished),
    ...(await Promise.all(
      [...(state ? outcomeEvents(state, record) : []), { name: 'turn-finish', payload }].map(
        (event) => log.journal.event(owner, { ...event, at }),
      ),
    )),
    ...(await log.mailbox.enqueue({ id: replyId, channel, person, conversation, turn, text })),
    log.mailbox.finish(turn),
  ];
  return { finished, statements };
}

/** What views learn from a turn that took the fast path. */
function observed(
  log: DriverPorts<never>['log'],
  { message, record, plugin: pluginOf }: CompleteTurn,
  { status }: FinishedTurn,
): readonly Statement[] {
  const [first] = record;
  if (first?.type !== 'turn-start' || first.plan.type !== 'tool') return [];
  const { call, intent } = first.plan;
  const plugin = pluginOf(call.tool);
  return log.observe({ person: message.person, intent, plugin, failed: status !== 'done' });
}
