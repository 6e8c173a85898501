// Owns what the simulated agent reaches: a model that never says the same twice, tools whose effects
// are counted, and a medium that loses answers. Refuses to forget an effect, whoever dies.

import { AgentError, toolDeclaration } from '@opencomputer/contracts';
import type { Channel, OutboundReply, ToolDeclaration, ToolOutcome } from '@opencomputer/contracts';
import type {
  ModelAnswer,
  ModelEngine,
  Permit,
  PluginHost,
} from '@opencomputer/contracts/internal';
import type { Random } from '../random.ts';
import type { Process } from './faults.ts';

/** One effect, or one delivery, that the world took. */
export interface Effect {
  readonly tool: string;
  /** Made with the answer of the model that asked for it, so it names one call. */
  readonly marker: string;
  readonly key: string;
}

/** Everything that outlives the process. */
export class Outside {
  readonly effects: Effect[] = [];
  readonly delivered: OutboundReply[] = [];
  #markers = 0;

  marker(): string {
    this.#markers += 1;
    return `k${this.#markers}`;
  }
}

const input = { type: 'object', properties: { marker: { type: 'string' } } };

/** Tools of each kind that a crash must treat differently. */
export const declarations: readonly ToolDeclaration[] = [
  declare('sim_read', { effect: 'read', reach: 'own' }),
  declare('sim_keyed', { effect: 'send', reach: 'outside', idempotent: true }),
  declare('sim_once', { effect: 'send', reach: 'outside' }),
  declare('sim_asked', { effect: 'send', reach: 'outside' }),
  declare('sim_remind', { effect: 'write', reach: 'own', idempotent: true }),
];

function declare(name: string, rest: object): ToolDeclaration {
  return toolDeclaration.parse({ name, description: `${name}.`, input, ...rest });
}

interface Reach {
  readonly outside: Outside;
  readonly process: Process;
  readonly random: Random;
}

/** The tools, each behind a permit. */
export function simulatedHost(
  { outside, process, random }: Reach,
  redeem: (permit: Permit) => boolean,
): PluginHost {
  const run = (permit: Permit, key: string): ToolOutcome => {
    const { tool, arguments: values } = permit.call;
    const marker = String(values['marker']);
    if (process.isUnlucky() && random.chance(0.5)) return { status: 'failed', text: 'it is down' };
    outside.effects.push({ tool, marker, key });
    if (process.isUnlucky()) return lost(tool);
    if (tool !== 'sim_remind') return { status: 'done', text: `${tool} ${marker}` };
    const at = process.clock().now() + 1 + random.whole(7_200_000);
    return { status: 'done', text: marker, timers: [{ id: marker, at, text: `due ${marker}` }] };
  };
  return {
    tools: () =>
      declarations.map((declaration) => ({ plugin: 'sim', tier: 'official', declaration })),
    intents: () => [],
    call: async (permit, { idempotencyKey }) => {
      if (!redeem(permit)) throw new AgentError('POLICY_BYPASSED', { tool: permit.call.tool });
      return process.reach(() => run(permit, idempotencyKey));
    },
    describe: () => [],
    stop: async () => undefined,
  };
}

/** The effect happened, and the answer got lost on its way back. */
function lost(tool: string): ToolOutcome {
  return tool === 'sim_once' || tool === 'sim_asked'
    ? { status: 'unknown', text: `${tool} may have taken effect` }
    : { status: 'failed', text: 'no answer' };
}

const usage = { inputTokens: 100, outputTokens: 20, cachedTokens: 0, cost: 0.001 };
const delayMsMax = 400_000;

/** A model that asks for up to three tools, then answers; late, failing, or with calls named alike. */
export function simulatedModel({ outside, process, random }: Reach): ModelEngine {
  const call = (): ModelAnswer => {
    const asks = random.chance(0.55) ? 1 + random.whole(3) : 0;
    const parts = Array.from({ length: asks }, () => ({
      type: 'tool-call' as const,
      call: {
        callId: 'the model says them all alike',
        tool: random.pick(declarations).name,
        arguments: { marker: outside.marker() },
      },
    }));
    const text = [{ type: 'text' as const, text: `said ${random.whole(1_000)}` }];
    return {
      parts: asks > 0 ? parts : text,
      finish: asks > 0 ? 'tool-calls' : 'stop',
      usage,
      model: 'simulated',
      promptHash: 'ab'.repeat(32),
      attempts: 1,
    };
  };
  return {
    models: () => [],
    choose: () => {
      throw new AgentError('MODEL_MISSING');
    },
    call: async (_request, { signal }) => {
      if (process.isUnlucky()) await process.wait(random.whole(delayMsMax), signal);
      return process.reach(() => {
        if (process.isUnlucky()) throw new AgentError('MODEL_MISSING');
        return call();
      });
    },
  };
}

/** A medium that takes what it gets, and does not always say so. */
export function simulatedChannel({ outside, process }: Omit<Reach, 'random'>): Channel {
  return {
    name: 'medium',
    start: async () => undefined,
    stop: async () => undefined,
    deliver: (reply) =>
      process.reach(() => {
        if (process.isUnlucky()) throw new Error('the medium did not take it');
        outside.delivered.push(reply);
        if (process.isUnlucky()) throw new Error('the medium took it and did not say so');
      }),
  };
}
