// Owns the text of an answer on its way to the reader: what was shown of the current step, what was
// taken back, and what is still to be shown at the end. Refuses to keep text of earlier steps.

import type { StreamPart } from '@opencomputer/contracts';
import type { ModelDelta } from '@opencomputer/contracts/internal';

/** Shows the text of one turn. */
export class TextRelay {
  readonly #turn: string;
  readonly #emit: (part: StreamPart) => void;
  #shown = '';
  #id = '';

  constructor(turn: string, emit: (part: StreamPart) => void) {
    this.#turn = turn;
    this.#emit = emit;
  }

  /** Begins a step: nothing of it was shown yet. */
  begin(): void {
    this.#shown = '';
  }

  /** Passes on a part of an answer while it arrives. */
  relay(delta: ModelDelta, step: number): void {
    const id = `${this.#turn}/${step}`;
    this.#id = id;
    switch (delta.type) {
      case 'model-start':
        return this.#emit({ type: 'model-start', model: delta.model, step });
      case 'text-delta':
        if (this.#shown === '') this.#emit({ type: 'text-start', id });
        this.#shown += delta.delta;
        return this.#emit({ type: 'text-delta', id, delta: delta.delta });
      case 'reasoning-delta':
        return this.#emit({ type: 'reasoning-delta', id, delta: delta.delta });
      case 'text-withdraw':
        return this.withdraw(delta.reason);
    }
  }

  /** Takes back what was shown of a step that will not be finished. */
  withdraw(reason: string): void {
    if (this.#shown === '') return;
    this.#shown = '';
    this.#emit({ type: 'text-withdraw', id: this.#id, reason });
  }

  /** Shows a reply that was not streamed, or the rest of one that was. */
  finish(reply: string): void {
    const id = this.#turn;
    const rest = reply.startsWith(this.#shown) ? reply.slice(this.#shown.length) : reply;
    if (rest === '') return;
    this.#emit({ type: 'text-start', id });
    this.#emit({ type: 'text-delta', id, delta: rest });
    this.#emit({ type: 'text-end', id });
  }
}
