// Owns the calls of a running turn on their way through policy to the plugin host. Refuses to run a
// call that neither policy allows in this process nor the person approved, as the record tells.

import { isDeepStrictEqual } from 'node:util';
import { AgentError, toErrorData } from '@opencomputer/contracts';
import type {
  Grant,
  InboundMessage,
  Origin,
  PolicyDecision,
  ToolCall,
  ToolOutcome,
  TurnInput,
} from '@opencomputer/contracts';
import type { InstalledTool, Permit } from '@opencomputer/contracts/internal';
import type { ToolPorts } from './ports.ts';

/** The tool that `!command` runs, and whose it is: of no other plugin is it run unasked. */
export const shellTool = 'shell_run';
const shellPlugin = 'shell';

/** What the person said in this turn; absent for a call read from their words without a model. */
type Said = readonly string[] | undefined;

/** The calls of one turn. */
export interface TurnTools {
  /** What policy says to each call. */
  decide(calls: readonly ToolCall[], said: Said): Decisions;
  /** Runs a call that the record permits; `now` is the instant that the call is about. */
  run(call: ToolCall, run: RunOptions): Promise<ToolOutcome>;
  plugin(tool: string): string;
}

type Decisions = Extract<TurnInput, { type: 'policy-decide' }>['decisions'];

/** The circumstances of one run. */
export interface RunOptions {
  readonly record: readonly TurnInput[];
  readonly said: Said;
  readonly idempotencyKey: string;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** A decision, with the permit when the call may run now. */
interface Decided {
  readonly decision: Decisions[number];
  readonly permit?: Permit;
}

/** The calls of the turn of one message. */
export function createTurnTools(ports: ToolPorts, message: InboundMessage): TurnTools {
  const permits = new Map<string, Permit>();
  const folders = message.folder ? [message.folder, ...ports.folders] : ports.folders;
  return {
    plugin: (tool) => find(ports, tool)?.plugin ?? 'unknown',
    decide: (calls, said) =>
      calls.map((call) => {
        const { decision, permit } = decideOne(ports, message, { call, said });
        if (permit !== undefined) permits.set(call.callId, permit);
        return decision;
      }),
    run: async (call, { record, said, idempotencyKey, now, signal }) => {
      const held = permits.get(call.callId);
      permits.delete(call.callId);
      try {
        let permit = held ?? approvedPermit(ports, call, record);
        if (permit === undefined) {
          const again = decideAgain(ports, message, { call, said, record });
          if (again.permit === undefined) return notAgain(ports, again.decision, call);
          permit = again.permit;
        }
        const { person, timeZone } = message;
        const options = { person, idempotencyKey, now, timeZone, folders, signal };
        return await ports.host.call(permit, options);
      } catch (error) {
        const { code, message: text } = toErrorData(error);
        return { status: 'failed', text, code };
      }
    },
  };
}

function find({ host }: ToolPorts, tool: string): InstalledTool | undefined {
  return host.tools().find(({ declaration }) => declaration.name === tool);
}

function decideOne(
  ports: ToolPorts,
  message: InboundMessage,
  { call, said }: { readonly call: ToolCall; readonly said: Said },
): Decided {
  const { callId } = call;
  const tool = find(ports, call.tool);
  if (tool === undefined) return { decision: { callId, ...unknownTool(call.tool) } };
  const { declaration, plugin, tier } = tool;
  const { decision, permit } = ports.gate.decide({
    call,
    plugin,
    tier,
    effect: declaration.effect,
    reach: declaration.reach,
    origins: originsOf(ports, tool, { call, said }),
    interactive: message.interactive,
    grants: [...ports.grants, ...typedCommand(message, call), ...asked(tool, call, said)],
  });
  return { decision: { callId, plugin, ...decision }, ...(permit && { permit }) };
}

/** What the record says of a call: the decisions about it, and whether the person agreed to it. */
function recordOf(
  { callId }: ToolCall,
  record: readonly TurnInput[],
): { readonly decisions: Decisions; readonly approved: boolean } {
  const decisions = record.flatMap((input) =>
    input.type === 'policy-decide' ? input.decisions : [],
  );
  return {
    decisions: decisions.filter((decision) => decision.callId === callId),
    approved: record.some(
      (input) => input.type === 'approval-give' && input.approved && input.callId === callId,
    ),
  };
}

/** The person's own answer holds, also after a restart, for the very call that they were shown. */
function approvedPermit(
  { gate }: ToolPorts,
  call: ToolCall,
  record: readonly TurnInput[],
): Permit | undefined {
  const { decisions, approved } = recordOf(call, record);
  const plugin = decisions.find(({ decision }) => decision === 'ask')?.plugin;
  const shown = record.flatMap(callsIn).some((one) => isDeepStrictEqual(one, call));
  return approved && shown && plugin !== undefined ? gate.approve(plugin, call) : undefined;
}

function callsIn(input: TurnInput): readonly ToolCall[] {
  if (input.type === 'turn-start') return input.plan.type === 'tool' ? [input.plan.call] : [];
  if (input.type !== 'model-finish') return [];
  return input.parts.flatMap((part) => (part.type === 'tool-call' ? [part.call] : []));
}

/**
 * A call that was allowed before a restart is decided on again: what allowed it may be gone. Throws
 * POLICY_BYPASSED for a call that the record knows nothing of.
 */
function decideAgain(
  ports: ToolPorts,
  message: InboundMessage,
  { record, ...asking }: { call: ToolCall; said: Said; record: readonly TurnInput[] },
): Decided {
  const { call } = asking;
  const { decisions, approved } = recordOf(call, record);
  const before = decisions.find(({ decision }) => decision === 'allow' || approved);
  if (before === undefined) throw new AgentError('POLICY_BYPASSED', { tool: call.tool });
  if (before.plugin !== undefined && before.plugin !== find(ports, call.tool)?.plugin) {
    const gone = unknownTool(`${before.plugin}/${call.tool}`);
    return { decision: { callId: call.callId, ...gone } };
  }
  return decideOne(ports, message, asking);
}

/** A call that may have begun before a restart and may not run now: nobody knows what it did. */
function notAgain(
  ports: ToolPorts,
  { rule, reason }: PolicyDecision,
  { tool }: ToolCall,
): ToolOutcome {
  const text = `Not allowed (${rule}): ${reason}`;
  if (find(ports, tool)?.declaration.effect === 'read') return { status: 'refused', text };
  return {
    status: 'unknown',
    text: `${text} It was allowed before the agent stopped, and may have taken effect.`,
  };
}

/** A third party's schema is not trusted to say what a value is, so nothing counts as own. */
function originsOf(
  ports: ToolPorts,
  { tier, declaration }: InstalledTool,
  { call, said }: { readonly call: ToolCall; readonly said: Said },
): Readonly<Record<string, Origin>> {
  if ((tier === 'builtin' || tier === 'official') && said !== undefined) {
    return ports.originsOf(call.arguments, declaration.input, said);
  }
  const origin = said === undefined ? 'user' : 'model';
  return Object.fromEntries(Object.keys(call.arguments).map((name) => [name, origin]));
}

/** A call on own data that was read from the person's words without a model is what they asked. */
function asked({ plugin, tier, declaration }: InstalledTool, call: ToolCall, said: Said): Grant[] {
  const isOwn = said === undefined && tier !== 'third-party' && declaration.reach === 'own';
  return isOwn ? [{ type: 'exact', plugin, call }] : [];
}

/** A command typed by somebody who is known; a sender whom nobody vouches for is asked about. */
function typedCommand(message: InboundMessage, call: ToolCall): readonly Grant[] {
  const { command, assurance } = message;
  if (command === undefined || assurance === 'none') return [];
  const typed = { ...call, tool: shellTool, arguments: { command } };
  return [{ type: 'exact', plugin: shellPlugin, call: typed }];
}

function unknownTool(tool: string): PolicyDecision {
  const { message, remedy } = new AgentError('TOOL_UNKNOWN', { tool }).toData();
  return { decision: 'deny', rule: 'unknown-tool', reason: `${message} ${remedy}` };
}
