// Owns turning the parts of a turn into chunks of one streamed completion. Refuses to lose words:
// what was not streamed is sent at the end, and what is taken back is said to be.

import type { StreamPart } from '@opencomputer/contracts';
import { completionChunks } from './completion.ts';
import type { CompletionChunks, CompletionHead } from './completion.ts';

/** A streamed completion while it is made. */
export class ChatStream {
  readonly #chunks: CompletionChunks;
  /** Text of the current step of the model, to which the reply is compared at the end. */
  #step = '';
  /** Some text of an earlier step was shown. */
  #shown = false;

  constructor(head: CompletionHead, includeUsage: boolean) {
    this.#chunks = completionChunks(head, includeUsage);
  }

  /** The events that a part becomes; empty for what the wire has no place for. */
  take(part: StreamPart): string {
    switch (part.type) {
      case 'turn-start':
        return this.#chunks.start;
      case 'model-start':
        this.#nextStep();
        return '';
      case 'text-delta':
        return this.#say(part.delta);
      case 'text-withdraw':
        return this.#withdraw(part.reason);
      case 'turn-end':
        return this.#rest(part.text) + this.#chunks.finish(part.usage);
      case 'text-start':
      case 'text-end':
      case 'reasoning-delta':
      case 'intent-resolve':
      case 'tool-start':
      case 'tool-end':
      case 'approval-ask':
      case 'approval-end':
      case 'notice':
        return '';
    }
  }

  #say(delta: string): string {
    if (delta === '') return '';
    const gap = this.#shown && this.#step === '' ? '\n\n' : '';
    this.#step += delta;
    return this.#chunks.delta(gap + delta);
  }

  #nextStep(): void {
    this.#shown ||= this.#step !== '';
    this.#step = '';
  }

  /** Sent text cannot be unsent, so the reader is told. */
  #withdraw(reason: string): string {
    if (this.#step === '') return '';
    this.#nextStep();
    return this.#chunks.delta(`\n\n[The text above is withdrawn: ${reason}]`);
  }

  #rest(reply: string): string {
    if (reply.startsWith(this.#step)) return this.#say(reply.slice(this.#step.length));
    this.#nextStep();
    return this.#say(reply);
  }
}
