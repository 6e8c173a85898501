// Owns one person who sends messages at a steady rate through the daemon's socket, whether
// earlier ones were answered or not. Refuses to send a refused message again.

import { once } from 'node:events';
import { Agent, request as openRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { runProgram } from './child-process.ts';

/** What is sent, by whom, how fast. */
export interface SendPlan {
  /** The daemon's socket file. */
  readonly socket: string;
  readonly person: string;
  /** Messages go to these many conversations in turn. */
  readonly conversations: number;
  /** Requests that are open at the same time; their connections are opened before the first one. */
  readonly connections: number;
  /** Sets the conversations and messages of one plan apart from those of another. */
  readonly name: string;
  readonly perSecond: number;
  readonly seconds: number;
  readonly text: string;
}

/**
 * What became of a message: refused (503 with `Retry-After`, before it was accepted); answered;
 * failed (accepted, and the turn ended without an answer); lost (accepted, and no end was told);
 * unclear (an answer of another kind, or none).
 */
export type Outcome = 'refused' | 'answered' | 'failed' | 'lost' | 'unclear';

/** One message. */
export interface Sent {
  /** When it should have left, in milliseconds since 1970; a late sender is not an excuse. */
  readonly at: number;
  /** From then to the whole answer. */
  readonly ms: number;
  readonly outcome: Outcome;
}

/** Sends from a separate process, whose work delays nobody; resolves when all is answered. */
export async function sendSteadily(plan: SendPlan): Promise<readonly Sent[]> {
  const words = [import.meta.filename, JSON.stringify(plan)];
  return JSON.parse(await runProgram({ words, environment: {} })) as Sent[];
}

const answerMsMax = 120_000;
/** Connections that are opened at the same time; the kernel keeps 511 for a daemon that is busy. */
const openingMax = 100;
const tickMs = 2;

const now = (): number => performance.timeOrigin + performance.now();

/** Sends from this process, at the latest until `signal`; resolves when all is answered. */
export async function sendAll(plan: SendPlan, signal?: AbortSignal): Promise<Sent[]> {
  const connections = await connect(plan);
  const start = now();
  const total = Math.round(plan.perSecond * plan.seconds);
  const sending: Promise<Sent>[] = [];
  while (sending.length < total && signal?.aborted !== true) {
    const due = Math.min(total, Math.floor(((now() - start) * plan.perSecond) / 1000) + 1);
    while (sending.length < due) {
      const number = sending.length;
      const at = start + (number * 1000) / plan.perSecond;
      sending.push(
        send(plan, { number, connections }).then((outcome) => ({ at, ms: now() - at, outcome })),
      );
    }
    await pause(tickMs);
  }
  const sent = await Promise.all(sending);
  connections.destroy();
  return sent;
}

/** All connections, opened and kept: each step asks something over a few more of them at once. */
async function connect({ socket, connections: count }: SendPlan): Promise<Agent> {
  const bounds = { maxSockets: count, maxFreeSockets: count };
  const connections = new Agent({ keepAlive: true, scheduling: 'fifo', ...bounds });
  const target = { agent: connections, socketPath: socket, path: '/ready' };
  for (let open = openingMax; open < count + openingMax; open += openingMax) {
    const asked = Array.from({ length: Math.min(open, count) }, async () => {
      const [response] = (await once(openRequest(target).end(), 'response')) as [IncomingMessage];
      await once(response.resume(), 'end');
    });
    await Promise.all(asked);
  }
  return connections;
}

/** Sends one message; resolves when its whole answer has arrived, or never will. */
function send(
  { socket, person, conversations, name, text }: SendPlan,
  { number, connections }: { readonly number: number; readonly connections: Agent },
): Promise<Outcome> {
  const body = JSON.stringify({
    channel: 'bench',
    channelMessageId: `${name}-${number}`,
    person,
    assurance: 'local',
    conversation: `${name}-${number % conversations}`,
    text,
    timeZone: 'UTC',
    interactive: false,
    stream: false,
  });
  return new Promise((resolve) => {
    const request = openRequest({
      agent: connections,
      socketPath: socket,
      path: '/internal/send',
      method: 'POST',
      timeout: answerMsMax,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve('unclear'));
    request.once('response', (response) => void outcomeOf(response).then(resolve));
    request.end(body);
  });
}

async function outcomeOf(response: IncomingMessage): Promise<Outcome> {
  let answer = '';
  try {
    for await (const piece of response.setEncoding('utf8')) answer += String(piece);
  } catch {
    // What arrived before the connection broke tells whether it was accepted.
  }
  if (response.statusCode === 503 && response.headers['retry-after'] !== undefined) {
    return 'refused';
  }
  const lines = answer.split('\n');
  if (!lines.some((line) => line.startsWith('{"type":"turn-start"'))) return 'unclear';
  const end = lines.find((line) => line.startsWith('{"type":"turn-end"'));
  if (end === undefined) return 'lost';
  return (JSON.parse(end) as { status: string }).status === 'done' ? 'answered' : 'failed';
}

if (import.meta.main) {
  const plan = JSON.parse(process.argv[2] ?? '') as SendPlan;
  console.log(JSON.stringify(await sendAll(plan)));
}
