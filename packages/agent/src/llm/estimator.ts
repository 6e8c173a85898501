// Owns how many characters a token has, per model, learned from the usage that providers report.
// Refuses to count exactly: that costs memory that a conversation does not need.

/** Characters per token until a model has answered (English prose and JSON, measured). */
export const charactersPerTokenStart = 3.6;

/** Weight of the newest observation in the moving average. */
const WEIGHT = 0.2;
/** Below this, the provider's own framing weighs more than the text. */
const TOKENS_MIN = 50;
/** Outside these bounds a usage is wrong, not informative. */
const RATIO_MIN = 0.5;
const RATIO_MAX = 12;
/** Models remembered; the oldest is forgotten first. */
const MODELS_MAX = 64;

/** The next characters-per-token after one observation; unchanged when it says nothing. */
export function updateRatio(ratio: number, characters: number, tokens: number): number {
  if (!(tokens >= TOKENS_MIN)) return ratio;
  const observed = characters / tokens;
  if (!(observed >= RATIO_MIN && observed <= RATIO_MAX)) return ratio;
  return ratio + WEIGHT * (observed - ratio);
}

/** Estimates tokens from characters. */
export interface TokenEstimator {
  /** Tokens of a text for a model, rounded up; an unknown model uses the starting ratio. */
  estimateTokens(text: string, model: string): number;
  /** The same from a number of characters. */
  tokensOf(characters: number, model: string): number;
  /** Learns from a call: characters that were sent, tokens that the provider counted. */
  observe(model: string, characters: number, tokens: number): void;
  charactersPerToken(model: string): number;
}

/** An estimator that has seen nothing yet. */
export function createTokenEstimator(): TokenEstimator {
  const ratios = new Map<string, number>();
  const charactersPerToken = (model: string): number =>
    ratios.get(model) ?? charactersPerTokenStart;
  const tokensOf = (characters: number, model: string): number =>
    Math.ceil(characters / charactersPerToken(model));
  return {
    estimateTokens: (text, model) => tokensOf(text.length, model),
    tokensOf,
    observe(model, characters, tokens) {
      const ratio = updateRatio(charactersPerToken(model), characters, tokens);
      ratios.delete(model);
      ratios.set(model, ratio);
      const oldest = ratios.keys().next();
      if (ratios.size > MODELS_MAX && !oldest.done) ratios.delete(oldest.value);
    },
    charactersPerToken,
  };
}
