// Owns the sum of what a chat used. Refuses estimates: it adds what turns report.

import type { Usage } from '@opencomputer/contracts';
import { amount, count, usageText } from '../wording.ts';

/** Tokens and money of the turns of one chat. */
export class Tally {
  #turns = 0;
  #withoutModel = 0;
  #sum: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cost: 0 };

  add(usage: Usage): void {
    this.#turns += 1;
    if (usage.inputTokens + usage.outputTokens === 0) this.#withoutModel += 1;
    this.#sum = {
      inputTokens: this.#sum.inputTokens + usage.inputTokens,
      outputTokens: this.#sum.outputTokens + usage.outputTokens,
      cachedTokens: this.#sum.cachedTokens + usage.cachedTokens,
      cost: this.#sum.cost + usage.cost,
    };
  }

  /** For the footer: `1,234 tokens · 0.01 USD`, or nothing when no model was asked. */
  short(): string {
    const tokens = this.#sum.inputTokens + this.#sum.outputTokens;
    if (tokens === 0) return '';
    return this.#sum.cost > 0
      ? `${count(tokens)} tokens · ${amount(this.#sum.cost)} USD`
      : `${count(tokens)} tokens`;
  }

  /** For `/cost`: every figure. */
  long(): string {
    const turns = `${count(this.#turns)} ${this.#turns === 1 ? 'turn' : 'turns'}`;
    const free = `${count(this.#withoutModel)} without a model`;
    const cached =
      this.#sum.cachedTokens > 0 ? `; ${count(this.#sum.cachedTokens)} of them cached` : '';
    return `${turns}, ${free}; ${usageText(this.#sum)}${cached}`;
  }
}
