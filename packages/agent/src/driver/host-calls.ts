// Owns calls that no turn makes: of one plugin to a service of another, and of the host when a timer
// fired. Refuses to go around policy, and to ask anybody, since nobody waits for them.

import { AgentError } from '@opencomputer/contracts';
import type { Grant, JsonObject, TimerChange, ToolOutcome } from '@opencomputer/contracts';
import type { CallOptions } from '@opencomputer/contracts/internal';
import type { ToolPorts } from './ports.ts';

/** A timer that fired, as far as its plugin must be told. */
export interface FiredTimer {
  readonly id: string;
  readonly at: number;
  readonly plugin: string;
}

/** What these calls need of the tools. */
export type HostCallPorts = Pick<ToolPorts, 'host' | 'gate' | 'grants'>;

/** Runs a tool that a plugin asked for; the arguments are the plugin's, not the person's. */
export async function callForPlugin(
  { host, gate, grants }: HostCallPorts,
  plugin: string,
  call: { readonly tool: string; readonly input: JsonObject; readonly options: CallOptions },
): Promise<ToolOutcome> {
  const { tool, input, options } = call;
  const found = host.tools().find((one) => one.plugin === plugin && one.declaration.name === tool);
  if (found === undefined) throw new AgentError('TOOL_UNKNOWN', { tool });
  const { tier, declaration } = found;
  const { effect, reach } = declaration;
  const origins = Object.fromEntries(Object.keys(input).map((name) => [name, 'model' as const]));
  const asked = { callId: `${options.idempotencyKey}/${tool}`, tool, arguments: input };
  const { permit, decision } = gate.decide({
    call: asked,
    plugin,
    tier,
    effect,
    reach,
    origins,
    interactive: false,
    grants,
  });
  if (permit !== undefined) return host.call(permit, options);
  return { status: 'refused', text: `Not allowed (${decision.rule}): ${decision.reason}` };
}

/**
 * Tells a plugin that its timer fired, by its tool `<plugin>_fired` when it has one; the result may
 * set the timer that follows. Throws when the plugin could not say, so that firing is tried again.
 */
export async function tellFired(
  { host, gate }: HostCallPorts,
  timer: FiredTimer,
  options: CallOptions,
): Promise<readonly TimerChange[]> {
  const tool = `${timer.plugin.replaceAll('-', '_')}_fired`;
  const found = host
    .tools()
    .find((one) => one.plugin === timer.plugin && one.declaration.name === tool);
  if (found === undefined) return [];
  const { tier, declaration } = found;
  const call = { callId: `timer/${timer.id}`, tool, arguments: { id: timer.id } };
  const own: Grant = { type: 'exact', plugin: timer.plugin, call };
  const { permit } = gate.decide({
    call,
    plugin: timer.plugin,
    tier,
    effect: declaration.effect,
    reach: declaration.reach,
    origins: {},
    interactive: false,
    grants: [own],
  });
  if (permit === undefined) throw new AgentError('POLICY_DENIED', { tool, rule: 'timer' });
  const outcome = await host.call(permit, options);
  if (outcome.status === 'done') return outcome.timers ?? [];
  if (outcome.status === 'refused') return [];
  throw new AgentError('TOOL_FAILED', { tool, problem: outcome.text });
}
