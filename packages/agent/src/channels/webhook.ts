// Owns the channel that sends replies to an address of the operator's, signed as Standard Webhooks
// say. Refuses to follow a redirect, to send without a secret, and to take messages in.

import { createHmac } from 'node:crypto';
import { AgentError } from '@opencomputer/contracts';
import type { Channel, Clock, Configuration, OutboundReply } from '@opencomputer/contracts';
import type { RegisteredChannel } from './channels.ts';

/** What a webhook is made of. */
export interface WebhookParts {
  readonly configuration: Pick<Configuration, 'channels'>;
  /** Where a secret is found by the name of its variable. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
}

/** Name of the channel. */
export const webhookName = 'webhook';
/** The other side has this long to answer. */
const answerMsMax = 30_000;

/** The webhook that is configured, if one is. */
export function webhookChannels(parts: WebhookParts): readonly RegisteredChannel[] {
  const { webhook } = parts.configuration.channels;
  if (webhook === undefined) return [];
  const { url, sends, secret, secretVariable = '' } = webhook;
  const key = secret ?? parts.environment[secretVariable];
  return [{ channel: createWebhook(parts, url, key), copies: sends }];
}

/**
 * A channel that posts each reply as JSON: id, conversation, turn, text. The headers are those of
 * Standard Webhooks 1.0 (`webhook-id`, `webhook-timestamp`, `webhook-signature: v1,` and the HMAC of
 * `id.timestamp.body` in base64), and `Idempotency-Key`, by which a repeated delivery is known.
 */
function createWebhook(
  { clock, fetch: send }: WebhookParts,
  url: string,
  secret: string | undefined,
): Channel {
  const refused = (problem: string, cause?: unknown): AgentError =>
    new AgentError('CHANNEL_REFUSED', { channel: webhookName, problem }, { cause });
  return {
    name: webhookName,
    start: async () => undefined,
    stop: async () => undefined,
    deliver: async (reply) => {
      if (!secret) throw refused('its secret is not set');
      const body = bodyOf(reply);
      const timestamp = Math.floor(clock.now() / 1000);
      const mac = createHmac('sha256', secret).update(`${reply.id}.${timestamp}.${body}`);
      const headers = {
        'content-type': 'application/json',
        'idempotency-key': reply.id,
        'webhook-id': reply.id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': `v1,${mac.digest('base64')}`,
      };
      const late = new AbortController();
      const cancel = clock.after(answerMsMax, () => late.abort());
      const { signal } = late;
      try {
        const request = { method: 'POST', headers, body, redirect: 'manual', signal } as const;
        const answer = await send(url, request).catch((error: unknown) => {
          throw refused(problemOf(error), error);
        });
        await answer.body?.cancel();
        if (!answer.ok) throw refused(`it answered ${answer.status}`);
      } finally {
        cancel();
      }
    },
  };
}

function bodyOf({ id, conversation, turn, text }: OutboundReply): string {
  return JSON.stringify({ id, conversation, ...(turn !== undefined && { turn }), text });
}

/** What the network said, without the address, which may hold a secret. */
function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it cannot be reached';
  const code = error.cause instanceof Error && 'code' in error.cause ? error.cause.code : undefined;
  if (error.name === 'AbortError') return `no answer within ${answerMsMax / 1000} s`;
  return `it cannot be reached${typeof code === 'string' ? ` (${code})` : ''}`;
}
