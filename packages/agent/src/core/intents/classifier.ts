// Owns the intent classifier: training from labelled utterances, the out-of-scope threshold fixed on
// held-out training data, and classification. Refuses slots, tools and manifests.

import { hashText, learnVocabulary, vectorize } from './features.ts';
import type { HashedText, Vocabulary } from './features.ts';
import { fitLinear, scoreInto } from './linear.ts';
import type { LinearWeights } from './linear.ts';
import type { IntentScore } from '@opencomputer/contracts';

/** The label of utterances that belong to no intent. */
export const outOfScope = 'oos';

/** An utterance and the intent it expresses; `outOfScope` when it expresses none. */
export interface LabelledUtterance {
  readonly text: string;
  readonly intent: string;
}

export interface TrainingOptions {
  /** A generator of numbers in [0, 1), seeded by the caller; decides the order of the examples. */
  readonly random: () => number;
  /**
   * How much in-scope accuracy the threshold may cost on held-out utterances, 0 to 1. Larger rejects
   * more that is out of scope.
   */
  readonly accuracyLossMax?: number;
  /** How many times a fifth of each intent is held out to fix the threshold, 1 to 5. */
  readonly holdOuts?: number;
}

/** A trained classifier. Plain data; see `model-file.ts` for its stored form. */
export interface IntentModel {
  /** Label by class number. */
  readonly labels: readonly string[];
  readonly vocabulary: Vocabulary;
  readonly linear: LinearWeights;
  /** Factor that turns scores into calibrated probabilities by the softmax function. */
  readonly sharpness: number;
  /** Least lead of the best intent over out-of-scope. */
  readonly threshold: number;
}

/** What a text most likely means. */
export interface Classification {
  /** The best intent, or `outOfScope`. */
  readonly intent: string;
  /** The best few labels with their probabilities, best first; may name `outOfScope`. */
  readonly scores: readonly IntentScore[];
  /** How far the best intent is above the threshold, in score units; negative is out of scope. */
  readonly margin: number;
  /** Share of the words that occurred in training, 0 to 1. */
  readonly knownWords: number;
}

const cost = 1;
const passesMax = 6;
const partsPerIntent = 5;
const accuracyLossDefault = 0.008;
const sharpnessLimits = [0.5, 50] as const;

interface Labelled {
  readonly text: HashedText;
  readonly label: number;
}

interface HeldOut {
  readonly scores: Float32Array;
  readonly label: number;
}

/** The best class apart from out-of-scope, and its lead over out-of-scope. */
function lead(scores: Float32Array, rejected: number): { best: number; by: number } {
  let best = -1;
  for (let column = 0; column < scores.length; column += 1) {
    if (column === rejected) continue;
    if (best < 0 || (scores[column] ?? 0) > (scores[best] ?? 0)) best = column;
  }
  if (best < 0) return { best, by: -Infinity };
  return { best, by: (scores[best] ?? 0) - (rejected < 0 ? 0 : (scores[rejected] ?? 0)) };
}

function fit(
  examples: readonly Labelled[],
  classes: number,
  random: () => number,
): { vocabulary: Vocabulary; linear: LinearWeights } {
  const vocabulary = learnVocabulary(examples.map((example) => example.text));
  const linear = fitLinear(
    examples.map((example) => vectorize(vocabulary, example.text)),
    examples.map((example) => example.label),
    { classes, features: vocabulary.hashes.length, cost, passesMax, random },
  );
  return { vocabulary, linear };
}

/**
 * Which fifth of its intent each example is in. Neighbours stay together: examples that were written one
 * after the other resemble each other, and would make a held-out fifth look easier than new text is.
 */
function partition(labels: readonly number[]): number[] {
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const seen = new Map<number, number>();
  return labels.map((label) => {
    const rank = seen.get(label) ?? 0;
    seen.set(label, rank + 1);
    return Math.floor((rank * partsPerIntent) / (sizes.get(label) ?? 1));
  });
}

function scoreHeldOut(
  examples: readonly Labelled[],
  classes: number,
  options: TrainingOptions,
): HeldOut[] {
  const parts = partition(examples.map((example) => example.label));
  const heldOut: HeldOut[] = [];
  for (let round = 0; round < Math.min(options.holdOuts ?? 2, partsPerIntent); round += 1) {
    // parts 1, 3, 0, 2, 4: any one or two of them are inner and outer parts alike
    const part = (1 + 2 * round) % partsPerIntent;
    const kept = examples.filter((_, index) => parts[index] !== part);
    const { vocabulary, linear } = fit(kept, classes, options.random);
    for (const [index, example] of examples.entries()) {
      if (parts[index] !== part) continue;
      const scores = new Float32Array(classes);
      scoreInto(linear, vectorize(vocabulary, example.text), scores);
      heldOut.push({ scores, label: example.label });
    }
  }
  return heldOut;
}

/** The threshold that costs at most `lossMax` of in-scope accuracy on held-out utterances. */
function chooseThreshold(heldOut: readonly HeldOut[], rejected: number, lossMax: number): number {
  const inScope = heldOut.filter((example) => example.label !== rejected);
  const leads: number[] = [];
  for (const { scores, label } of inScope) {
    const { best, by } = lead(scores, rejected);
    if (best === label) leads.push(by);
  }
  if (leads.length === 0) return rejected < 0 ? -Infinity : 0;
  leads.sort((one, other) => one - other);
  const lost = Math.min(Math.floor(lossMax * inScope.length), leads.length - 1);
  return leads[lost] ?? 0;
}

function meanLogLikelihood(heldOut: readonly HeldOut[], sharpness: number): number {
  let sum = 0;
  for (const { scores, label } of heldOut) {
    const top = scores.reduce((most, score) => Math.max(most, score), -Infinity);
    let total = 0;
    for (const score of scores) total += Math.exp(sharpness * (score - top));
    sum += sharpness * ((scores[label] ?? 0) - top) - Math.log(total);
  }
  return sum;
}

/** The softmax factor of greatest likelihood on held-out utterances, by golden-section search. */
function chooseSharpness(heldOut: readonly HeldOut[]): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = sharpnessLimits.map(Math.log) as [number, number];
  for (let step = 0; step < 20; step += 1) {
    const left = high - golden * (high - low);
    const right = low + golden * (high - low);
    const leftIsBetter =
      meanLogLikelihood(heldOut, Math.exp(left)) > meanLogLikelihood(heldOut, Math.exp(right));
    if (leftIsBetter) high = right;
    else low = left;
  }
  return Math.exp((low + high) / 2);
}

/**
 * Trains a classifier. Deterministic for given examples and `random`. Intents need about 20 examples each
 * to be useful; out-of-scope examples (`outOfScope`) are optional and help rejection. No examples give a
 * model that rejects everything.
 */
export function trainIntents(
  examples: readonly LabelledUtterance[],
  options: TrainingOptions,
): IntentModel {
  const labels = [...new Set(examples.map((example) => example.intent))];
  const numbers = new Map(labels.map((label, index) => [label, index]));
  const labelled = examples.map((example) => ({
    text: hashText(example.text),
    label: numbers.get(example.intent) ?? 0,
  }));
  const heldOut = scoreHeldOut(labelled, labels.length, options);
  return {
    labels,
    ...fit(labelled, labels.length, options.random),
    sharpness: chooseSharpness(heldOut),
    threshold: chooseThreshold(
      heldOut,
      labels.indexOf(outOfScope),
      options.accuracyLossMax ?? accuracyLossDefault,
    ),
  };
}

function probabilities(model: IntentModel, scores: Float32Array): Float64Array {
  const top = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  const values = Float64Array.from(scores, (score) => Math.exp(model.sharpness * (score - top)));
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => value / total);
}

/**
 * Classifies a text. Returns at most `count` scores. Never throws; a text of which nothing is known is out
 * of scope.
 */
export function classify(model: IntentModel, text: string, count = 5): Classification {
  const vector = vectorize(model.vocabulary, hashText(text));
  const scores = new Float32Array(model.labels.length);
  scoreInto(model.linear, vector, scores);
  const { best, by } = lead(scores, model.labels.indexOf(outOfScope));
  const margin = vector.indices.length === 0 ? -Infinity : by - model.threshold;
  const chances = probabilities(model, scores);
  const order = model.labels.map((_, index) => index);
  order.sort((one, other) => (scores[other] ?? 0) - (scores[one] ?? 0));
  return {
    intent: margin >= 0 ? (model.labels[best] ?? outOfScope) : outOfScope,
    scores: order.slice(0, count).map((index) => ({
      intent: model.labels[index] ?? outOfScope,
      score: chances[index] ?? 0,
    })),
    margin,
    knownWords: vector.knownWords,
  };
}
