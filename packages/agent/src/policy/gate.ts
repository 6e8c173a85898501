// Owns permits: the proof that policy allowed exactly this call, without which the plugin host runs
// nothing. Refuses to make one for any other decision than `allow` or a person's approval.

import type { Policy, PolicyDecision, PolicyRequest, ToolCall } from '@opencomputer/contracts';
import type { Permit } from '@opencomputer/contracts/internal';

/** A decision, with the permit when the call may run now. */
export interface GateAnswer {
  readonly decision: PolicyDecision;
  readonly permit?: Permit;
}

/** The only maker of permits. A permit is known by identity and works once. */
export interface Gate {
  decide(request: PolicyRequest): GateAnswer;
  /** A permit for a call of a plugin that policy asked about and a person approved as it stands. */
  approve(plugin: string, call: ToolCall): Permit;
  /** True once for each permit that this gate made. */
  redeem(permit: Permit): boolean;
}

/** A gate in front of all tools. */
export function createGate(policy: Policy): Gate {
  const open = new WeakSet<Permit>();
  const issue = (plugin: string, call: ToolCall, rule: string): Permit => {
    const permit: Permit = Object.freeze({ plugin, call: freeze(structuredClone(call)), rule });
    open.add(permit);
    return permit;
  };
  return {
    decide: (request) => {
      const decision = policy(request);
      if (decision.decision !== 'allow') return { decision };
      return { decision, permit: issue(request.plugin, request.call, decision.rule) };
    },
    approve: (plugin, call) => issue(plugin, call, 'approved'),
    redeem: (permit) => open.delete(permit),
  };
}

/** Freezes plain data to its leaves, so that what was decided on is what runs. */
function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) freeze(member);
    Object.freeze(value);
  }
  return value;
}
