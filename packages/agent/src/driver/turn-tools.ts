// Owns the calls of a running turn on their way through policy to the plugin host. Refuses to run a
// call that neither policy allowed nor the person approved, as the record tells.

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

/** The tool that `!command` runs. */
export const shellTool = 'shell_run';

/** The calls of one turn. */
export interface TurnTools {
  /**
   * What policy says to each call. `said` is what the person said in this conversation; absent for
   * a call that was read from the person's own words without a model.
   */
  decide(
    calls: readonly ToolCall[],
    said: readonly string[] | undefined,
  ): readonly (PolicyDecision & { readonly callId: string })[];
  /** Runs a call that the record permits; `now` is the instant that the call is about. */
  run(call: ToolCall, run: RunOptions): Promise<ToolOutcome>;
  plugin(tool: string): string;
}

/** The circumstances of one run. */
export interface RunOptions {
  readonly record: readonly TurnInput[];
  readonly idempotencyKey: string;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** The calls of the turn of one message. */
export function createTurnTools(ports: ToolPorts, message: InboundMessage): TurnTools {
  const permits = new Map<string, Permit>();
  const folders = message.folder ? [message.folder, ...ports.folders] : ports.folders;
  const find = (tool: string): InstalledTool | undefined =>
    ports.host.tools().find(({ declaration }) => declaration.name === tool);
  return {
    plugin: (tool) => find(tool)?.plugin ?? 'unknown',
    decide: (calls, said) =>
      calls.map((call) => {
        const tool = find(call.tool);
        if (tool === undefined) return { callId: call.callId, ...unknownTool(call) };
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
        if (permit !== undefined) permits.set(call.callId, permit);
        return { callId: call.callId, ...decision };
      }),
    run: async (call, { record, idempotencyKey, now, signal }) => {
      const held = permits.get(call.callId);
      permits.delete(call.callId);
      try {
        const permit = held ?? permitFromRecord(ports, call, record);
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

/** A call that was approved, or was allowed before a restart: the record is the proof. */
function permitFromRecord(ports: ToolPorts, call: ToolCall, record: readonly TurnInput[]): Permit {
  const permitted = record.some(
    (input) =>
      (input.type === 'approval-give' && input.approved && input.callId === call.callId) ||
      (input.type === 'policy-decide' &&
        input.decisions.some(
          ({ callId, decision }) => callId === call.callId && decision === 'allow',
        )),
  );
  if (!permitted) throw new AgentError('POLICY_BYPASSED', { tool: call.tool });
  return ports.gate.approve(call);
}

/** A third party's schema is not trusted to say what a value is, so nothing counts as own. */
function originsOf(
  ports: ToolPorts,
  { tier, declaration }: InstalledTool,
  { call, said }: { readonly call: ToolCall; readonly said: readonly string[] | undefined },
): Readonly<Record<string, Origin>> {
  if (tier !== 'third-party' && said !== undefined) {
    return ports.originsOf(call.arguments, declaration.input, said);
  }
  const origin = said === undefined ? 'user' : 'model';
  return Object.fromEntries(Object.keys(call.arguments).map((name) => [name, origin]));
}

/** A command typed by somebody who is known; a sender whom nobody vouches for is asked about. */
/** A call on own data that was read from the person's words without a model is what they asked. */
function asked(
  { tier, declaration }: InstalledTool,
  call: ToolCall,
  said: readonly string[] | undefined,
): readonly Grant[] {
  const isOwn = said === undefined && tier !== 'third-party' && declaration.reach === 'own';
  return isOwn ? [{ type: 'exact', call }] : [];
}

function typedCommand(message: InboundMessage, call: ToolCall): readonly Grant[] {
  const { command, assurance } = message;
  if (command === undefined || assurance === 'none') return [];
  return [{ type: 'exact', call: { ...call, tool: shellTool, arguments: { command } } }];
}

function unknownTool(call: ToolCall): PolicyDecision {
  const { message, remedy } = new AgentError('TOOL_UNKNOWN', { tool: call.tool }).toData();
  return { decision: 'deny', rule: 'unknown-tool', reason: `${message} ${remedy}` };
}
