// Owns calls that no turn makes: of one plugin to a service of another, and of the host when a timer
// fired. Refuses to go around policy, and to ask anybody, since nobody waits for them.

import { AgentError } from '@opencomputer/contracts';
import type { Grant, JsonObject, TimerChange, ToolOutcome } from '@opencomputer/contracts';
import type { CallOptions } from '@opencomputer/contracts/internal';
import type { ToolPorts } from './ports.ts';

/** Pages of timers that a plugin is asked for: more than any list of tasks has. */
const timerPagesMax = 100;

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
  ports: HostCallPorts,
  timer: FiredTimer,
  options: CallOptions,
): Promise<readonly TimerChange[]> {
  const call = { callId: `timer/${timer.id}`, name: 'fired', input: { id: timer.id } };
  const outcome = await askPlugin(ports, timer.plugin, { ...call, options });
  if (outcome === undefined || outcome.status === 'refused') return [];
  return givenTimers(outcome);
}

/**
 * All timers that a plugin's own records ask for, by its tool `<plugin>_timers`; undefined when it
 * has none. Throws when the plugin could not say.
 */
export async function timersOf(
  ports: HostCallPorts,
  plugin: string,
  options: CallOptions,
): Promise<readonly TimerChange[] | undefined> {
  const all: TimerChange[] = [];
  for (let page = 0; page < timerPagesMax; page += 1) {
    const last = all.at(-1)?.id;
    const input: JsonObject = last === undefined ? {} : { after: last };
    const call = { callId: `timers/${plugin}/${page}`, name: 'timers', input, options };
    const outcome = await askPlugin(ports, plugin, call);
    if (outcome === undefined) return undefined;
    const timers = givenTimers(outcome);
    if (timers.length === 0) return all;
    all.push(...timers);
  }
  throw new AgentError('TOOL_FAILED', { tool: `${plugin}_timers`, problem: 'it has no end' });
}

interface HostCall {
  readonly callId: string;
  /** Of the tool, without its plugin. */
  readonly name: string;
  readonly input: JsonObject;
  readonly options: CallOptions;
}

function givenTimers(outcome: ToolOutcome): readonly TimerChange[] {
  if (outcome.status === 'done') return outcome.timers ?? [];
  throw new AgentError('TOOL_FAILED', { tool: 'timers of a plugin', problem: outcome.text });
}

/** What a tool of the host's convention says; undefined when the plugin lacks it. */
async function askPlugin(
  { host, gate }: HostCallPorts,
  plugin: string,
  { callId, name, input, options }: HostCall,
): Promise<ToolOutcome | undefined> {
  const tool = `${plugin.replaceAll('-', '_')}_${name}`;
  const found = host.tools().find((one) => one.plugin === plugin && one.declaration.name === tool);
  if (found === undefined) return undefined;
  const { tier, declaration } = found;
  const { effect, reach } = declaration;
  const call = { callId, tool, arguments: input };
  const grants: readonly Grant[] = [{ type: 'exact', plugin, call }];
  const about = { call, plugin, tier, effect, reach, origins: {}, interactive: false, grants };
  const { permit } = gate.decide(about);
  if (permit === undefined) throw new AgentError('POLICY_DENIED', { tool, rule: 'timer' });
  return host.call(permit, options);
}
