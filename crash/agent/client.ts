// Owns what a person and a program say to the daemon from outside, and what they hear: the same
// socket that the terminal uses, and the same route that OpenAI clients use. Refuses to judge.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAgent } from '@opencomputer/agent/client';
import { isAgentError } from '@opencomputer/contracts';
import type { StreamPart } from '@opencomputer/contracts';
import type { AgentService, SendRequest } from '@opencomputer/contracts/internal';

/** What was heard without being asked for. */
export interface Heard {
  readonly text: string;
  /** Id of the reply, and its turn, where the program tells them. */
  readonly reply?: string;
  readonly turn?: string;
}

/** The daemon's socket; waits for nobody. */
export async function connect(folder: string): Promise<AgentService> {
  const service = await connectAgent(join(folder, 'data', 'agent.sock'));
  if (service === undefined) throw new Error('nobody listens on the socket');
  return service;
}

/** How a message fared that was said once. */
export type Said =
  | { readonly type: 'ended'; readonly text: string; readonly status: string }
  | { readonly type: 'refused'; readonly code: string }
  | { readonly type: 'cut'; readonly accepted: boolean };

/** Says a message as the terminal does, agreeing to every question; `onTurn` follows acceptance. */
export async function sayByTerminal(
  service: AgentService,
  request: Pick<SendRequest, 'channelMessageId' | 'text' | 'conversation'>,
  hear: { onTurn(turn: string): void; onNotice(heard: Heard): void },
): Promise<Said> {
  let accepted = false;
  let end: Said | undefined;
  try {
    const parts = service.send({
      channel: 'terminal',
      person: 'owner',
      assurance: 'local',
      timeZone: 'UTC',
      interactive: true,
      stream: true,
      ...request,
    });
    for await (const part of parts) {
      if (part.type === 'turn-start') {
        accepted = true;
        hear.onTurn(part.turn);
      }
      // Read to the end, beyond the last part: so the agent knows that the reply was taken.
      end = (await follow(service, part, hear.onNotice)) ?? end;
    }
    return end ?? { type: 'cut', accepted };
  } catch (error) {
    return end ?? broken(error, accepted);
  }
}

async function follow(
  service: AgentService,
  part: StreamPart,
  onNotice: (heard: Heard) => void,
): Promise<Said | undefined> {
  if (part.type === 'notice') onNotice(part);
  if (part.type === 'approval-ask') {
    await service.act({ type: 'approve', turn: part.turn, callId: part.call.callId });
  }
  if (part.type !== 'turn-end') return undefined;
  return { type: 'ended', text: part.text, status: part.status };
}

function broken(error: unknown, accepted: boolean): Said {
  const isLocal = isAgentError(error) && error.code !== 'SERVICE_UNREACHABLE';
  if (isLocal && !accepted) return { type: 'refused', code: error.code };
  return { type: 'cut', accepted };
}

/** Says a message as an OpenAI client does, with an idempotency key. */
export async function sayByApi(
  { url, folder, signal }: { url: string; folder: string; signal: AbortSignal },
  message: { readonly key: string; readonly user: string; readonly text: string },
): Promise<Said> {
  try {
    const key = readFileSync(join(folder, 'data', 'api.key'), 'utf8').trim();
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'idempotency-key': message.key,
      },
      body: JSON.stringify({
        model: 'opencomputer',
        user: message.user,
        messages: [{ role: 'user', content: message.text }],
      }),
      signal,
    });
    const answer = (await response.json()) as ApiAnswer;
    const code = answer.error?.code;
    if (code !== undefined && response.headers.get('x-should-retry') === 'false') {
      return { type: 'ended', text: code, status: 'failed' };
    }
    if (code !== undefined) return { type: 'refused', code: code.toUpperCase() };
    return { type: 'ended', text: answer.choices?.[0]?.message.content ?? '', status: 'done' };
  } catch {
    return { type: 'cut', accepted: false };
  }
}

interface ApiAnswer {
  readonly choices?: readonly { readonly message: { readonly content: string } }[];
  readonly error?: { readonly code: string };
}

/** Hears what the agent says by itself until the connection ends. */
export async function listen(
  service: AgentService,
  signal: AbortSignal,
  onNotice: (heard: Heard) => void,
): Promise<void> {
  try {
    for await (const heard of service.listen('owner', signal)) onNotice(heard);
  } catch (error) {
    if (!isAgentError(error)) throw error;
  }
}
