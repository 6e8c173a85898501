// Owns the bench of two people of whom one floods the agent: how long the other's replies take,
// what becomes of each message, how soon all is as before. Refuses to end before all is answered.

import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sendAll, sendSteadily } from './measure/sender.ts';
import type { Outcome, Sent } from './measure/sender.ts';
import { median, percentile } from './measure/statistics.ts';
import { makeSurroundings, modelText } from './measure/surroundings.ts';
import type { Surroundings } from './measure/surroundings.ts';

/** Answers of the model: where they come at once CPU is scarce, where they come late places are. */
const models = { fast: 0, slow: 1000 } as const;
const quiet = {
  person: 'quiet',
  name: 'quiet',
  text: modelText,
  conversations: 40,
  connections: 60,
  perSecond: 20,
} as const;
const noisy = {
  person: 'noisy',
  name: 'noisy',
  text: modelText,
  conversations: 400,
  connections: 800,
} as const;
const warmingPerSecond = 100;
const secondsMax = 3600;
/** Replies in a row whose median tells that all is as before: at most so many times the usual. */
const inRow = 10;
const normalRatio = 1.5;

interface Lengths {
  readonly rounds: number;
  readonly seconds: number;
  /** Messages of the flood. */
  readonly perSecond: number;
}

/**
 * Options: `--rounds N` (3) of a quiet time and a flood, `--seconds N` of each (8), `--flood N`
 * messages a second (500).
 */
export async function run(options: readonly string[]): Promise<Record<string, number>> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...options],
    options: { rounds: text, seconds: text, flood: text },
    strict: false,
  });
  const lengths = {
    rounds: Number(values.rounds ?? 3),
    seconds: Number(values.seconds ?? 8),
    perSecond: Number(values.flood ?? 500),
  };
  const metrics: Record<string, number> = {};
  for (const [model, modelMs] of Object.entries(models)) {
    const surroundings = await makeSurroundings('fairness', options, modelMs);
    if (surroundings === undefined) return {};
    try {
      const measured = await measure(surroundings, lengths);
      for (const [name, value] of Object.entries(measured)) {
        metrics[`fairness.${model}_${name}`] = value;
      }
    } finally {
      await surroundings.end();
    }
  }
  return metrics;
}

async function measure(
  surroundings: Surroundings,
  lengths: Lengths,
): Promise<Record<string, number>> {
  const { socket } = await surroundings.serve();
  const { seconds } = lengths;
  await sendAll({ ...quiet, socket, name: 'quiet-warm', seconds });
  const warming = { ...noisy, socket, name: 'noisy-warm', seconds };
  await sendSteadily({ ...warming, perSecond: warmingPerSecond });
  await surroundings.forgetRequests();
  const { floods, messages } = await alternate(socket, lengths);
  const all = [...messages, ...floods.flatMap(({ sent }) => sent)];
  const calls = await surroundings.modelRequests();
  const replies = messages.filter(({ outcome }) => outcome === 'answered');
  const others = { quiet_unanswered: messages.length - replies.length };
  return { ...times(floods, replies), ...others, ...account(all, calls) };
}

interface Flood {
  /** Before its connections were opened. */
  readonly from: number;
  readonly sent: readonly Sent[];
}

interface Alternated {
  readonly floods: readonly Flood[];
  /** Of the one who does not flood. */
  readonly messages: readonly Sent[];
}

/** One person writes all the time, the other floods every other while, on the same machine. */
async function alternate(socket: string, lengths: Lengths): Promise<Alternated> {
  const { rounds, seconds, perSecond } = lengths;
  const over = new AbortController();
  const messages = sendAll({ ...quiet, socket, seconds: secondsMax }, over.signal);
  const floods: Flood[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await pause(seconds * 1000);
    const name = `${noisy.name}-${round}`;
    const from = Date.now();
    const sent = await sendSteadily({ ...noisy, socket, name, perSecond, seconds });
    floods.push({ from, sent });
  }
  await pause(seconds * 1000);
  over.abort();
  return { floods, messages: await messages };
}

const endOf = ({ at, ms }: Sent): number => at + ms;

/** Milliseconds of the replies beside a flood, and of those that met no flood nor its rest. */
function times(floods: readonly Flood[], replies: readonly Sent[]): Record<string, number> {
  const spans = floods.map(({ from, sent }) => {
    const ats = sent.map(({ at }) => at);
    const [first, last] = [Math.min(...ats), Math.max(...ats)];
    return { from, first, last, drained: Math.max(...sent.map(endOf)) };
  });
  const beside = replies.filter(({ at }) =>
    spans.some(({ first, last }) => at >= first && at <= last),
  );
  const alone = replies.filter((reply) =>
    spans.every(({ from, drained }) => endOf(reply) < from || reply.at > drained),
  );
  const usual = alone.map(({ ms }) => ms);
  const [p50, p99] = [percentile(usual, 0.5), percentile(usual, 0.99)];
  const flooded = beside.map(({ ms }) => ms);
  const [p50Flooded, p99Flooded] = [percentile(flooded, 0.5), percentile(flooded, 0.99)];
  return {
    alone_p50_ms: p50,
    alone_p99_ms: p99,
    flood_p50_ms: p50Flooded,
    flood_p99_ms: p99Flooded,
    p50_ratio: p50Flooded / p50,
    p99_ratio: p99Flooded / p99,
    normal_s_max: Math.max(...spans.map(({ last }) => normalAfter(replies, last, p50))) / 1000,
    drain_s_max: Math.max(...spans.map(({ last, drained }) => drained - last)) / 1000,
  };
}

/** Milliseconds from `last` until replies take as long as usual. */
function normalAfter(replies: readonly Sent[], last: number, p50: number): number {
  const after = replies.filter(({ at }) => at >= last);
  const isNormal = (_: Sent, index: number): boolean =>
    median(after.slice(index, index + inRow).map(({ ms }) => ms)) <= normalRatio * p50;
  return (after.find(isNormal)?.at ?? Number.MAX_SAFE_INTEGER) - last;
}

/** Each message has one outcome, and the model was asked for those alone that were accepted. */
function account(sent: readonly Sent[], calls: number): Record<string, number> {
  const count = (outcome: Outcome): number => sent.filter((one) => one.outcome === outcome).length;
  const answered = count('answered');
  return {
    sent: sent.length,
    answered,
    refused: count('refused'),
    failed: count('failed'),
    lost: count('lost'),
    unclear: count('unclear'),
    calls_beyond_answers: calls - answered,
  };
}
