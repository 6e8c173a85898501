// Owns the words of `agent why`: each input of a record as one line with its data. Refuses to judge:
// it tells what was recorded.

import type { Json, TurnInput } from '@opencomputer/contracts';
import type { Explanation } from '@opencomputer/contracts/internal';

/** The record of a turn in words, in order. */
export function explain(record: readonly TurnInput[]): readonly Explanation[] {
  return record.map((input) => {
    const { type, at, ...data } = input;
    return { at, name: type, text: words(input), data: plain(data) };
  });
}

function words(input: TurnInput): string {
  switch (input.type) {
    case 'turn-start':
      return `"${input.message.text}" was read as ${understood(input)}`;
    case 'model-finish': {
      const { inputTokens, outputTokens, cost } = input.usage;
      const price = cost > 0 ? `, ${cost.toFixed(6)} USD` : '';
      const tokens = `${inputTokens} tokens in, ${outputTokens} out${price}`;
      return `${input.model} answered (${input.finish}): ${tokens}, prompt ${input.promptHash.slice(0, 12)}`;
    }
    case 'model-fail':
      return `the model failed: ${input.error.message} [${input.error.code}]`;
    case 'policy-decide':
      return input.decisions
        .map(
          ({ callId, decision, rule, reason }) => `${callId}: ${decision} by ${rule} (${reason})`,
        )
        .join('; ');
    case 'tool-finish':
      return `${input.callId} ended: ${input.outcome.status}`;
    case 'approval-give':
      return `${input.callId}: the person said ${input.approved ? 'yes' : 'no'}${input.reason ? ` (${input.reason})` : ''}`;
    case 'turn-steer':
      return `the person added: "${input.text}"`;
    case 'turn-resume':
      return `went on after a restart, ${Math.round(input.pausedMs / 1000)} s later`;
    case 'turn-cancel':
      return `cancelled: ${input.reason}`;
    case 'timer-fire':
      return `time is up: ${input.timer}`;
  }
}

function understood({ parsed, plan }: Extract<TurnInput, { type: 'turn-start' }>): string {
  const seen = parsed.alternatives
    .map(({ intent, score }) => `${intent} ${score.toFixed(2)}`)
    .join(', ');
  const why = `${parsed.kind} (${parsed.reason || 'no reason given'}; seen: ${seen || 'nothing'})`;
  switch (plan.type) {
    case 'tool': {
      const candidates = plan.candidates
        .map(
          ({ plugin, tool, score, reason }) => `${plugin}/${tool} ${score.toFixed(2)} (${reason})`,
        )
        .join(', ');
      return `${plan.intent}, ${why}; straight to ${plan.call.tool}; candidates: ${candidates}`;
    }
    case 'question':
      return `${why}; asked back: "${plan.text}"`;
    case 'model':
      return `${why}; left to the model`;
    case 'answer':
      return `${why}; answered without a model`;
    case 'fail':
      return `${why}; nobody can do it [${plan.error.code}]`;
  }
}

function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
