// Owns the fitting of one linear separator per class (squared hinge loss, dual coordinate descent:
// Hsieh et al. 2008, "A dual coordinate descent method for large-scale linear SVM"), all classes in
// one pass over the data. Refuses text: it sees sparse vectors and class numbers only.

import type { SparseVector } from './features.ts';

/** One weight row per feature, one column per class, and a bias per class. */
export interface LinearWeights {
  readonly classes: number;
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

export interface LinearOptions {
  readonly classes: number;
  readonly features: number;
  /** Cost of a margin violation; larger fits the training data more closely. */
  readonly cost: number;
  readonly passesMax: number;
  /** A generator of numbers in [0, 1); decides the order of the examples. */
  readonly random: () => number;
}

const biasValue = 1;
/** Smaller changes of a dual variable are not worth a pass over the weights. */
const changeMin = 1e-4;
/** Mean movement per example under which the fit has settled; more passes change no decision. */
const movementMin = 0.07;

function shuffle(order: Int32Array, random: () => number): void {
  for (let index = order.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    const held = order[index] ?? 0;
    order[index] = order[other] ?? 0;
    order[other] = held;
  }
}

/**
 * Writes the score of a vector for each class to `scores`, which has one entry per class. Four rows are
 * added at once: the loop is bound by reading and writing `scores`, and so is twice as fast.
 */
export function scoreInto(model: LinearWeights, vector: SparseVector, scores: Float32Array): void {
  const { classes, weights, biases } = model;
  scores.set(biases);
  const { indices, values } = vector;
  const length = indices.length;
  for (let position = 0; position < length; position += 4) {
    const value0 = values[position] ?? 0;
    const value1 = position + 1 < length ? (values[position + 1] ?? 0) : 0;
    const value2 = position + 2 < length ? (values[position + 2] ?? 0) : 0;
    const value3 = position + 3 < length ? (values[position + 3] ?? 0) : 0;
    const row0 = (indices[position] ?? 0) * classes;
    const row1 = position + 1 < length ? (indices[position + 1] ?? 0) * classes : row0;
    const row2 = position + 2 < length ? (indices[position + 2] ?? 0) * classes : row0;
    const row3 = position + 3 < length ? (indices[position + 3] ?? 0) * classes : row0;
    for (let column = 0; column < classes; column += 1) {
      scores[column] =
        (scores[column] ?? 0) +
        value0 * (weights[row0 + column] ?? 0) +
        value1 * (weights[row1 + column] ?? 0) +
        value2 * (weights[row2 + column] ?? 0) +
        value3 * (weights[row3 + column] ?? 0);
    }
  }
}

/** Classes whose weights one example moves, and by how much. */
interface Update {
  readonly columns: Int32Array;
  readonly amounts: Float32Array;
  readonly length: number;
}

/** Row by row, not class by class: a row is contiguous, and the rows do not fit into the cache. */
function addRows(model: LinearWeights, vector: SparseVector, update: Update): void {
  const { classes, weights, biases } = model;
  const { indices, values } = vector;
  const { columns, amounts, length } = update;
  for (let position = 0; position < indices.length; position += 1) {
    const row = (indices[position] ?? 0) * classes;
    const value = values[position] ?? 0;
    for (let entry = 0; entry < length; entry += 1) {
      const cell = row + (columns[entry] ?? 0);
      weights[cell] = (weights[cell] ?? 0) + value * (amounts[entry] ?? 0);
    }
  }
  for (let entry = 0; entry < length; entry += 1) {
    const column = columns[entry] ?? 0;
    biases[column] = (biases[column] ?? 0) + (amounts[entry] ?? 0) * biasValue;
  }
}

function squaredLength(vector: SparseVector): number {
  let squares = biasValue * biasValue;
  for (const value of vector.values) squares += value * value;
  return squares;
}

/**
 * Fits the separators. `labels[i]` is the class number of `vectors[i]`. Deterministic for a given `random`;
 * takes time proportional to passes x non-zero values x classes.
 */
export function fitLinear(
  vectors: readonly SparseVector[],
  labels: ArrayLike<number>,
  options: LinearOptions,
): LinearWeights {
  const { classes, cost } = options;
  const model: LinearWeights = {
    classes,
    weights: new Float32Array(options.features * classes),
    biases: new Float32Array(classes),
  };
  const duals = new Float32Array(vectors.length * classes);
  const scores = new Float32Array(classes);
  const lengths = Float32Array.from(vectors, squaredLength);
  const columns = new Int32Array(classes);
  const amounts = new Float32Array(classes);
  const order = Int32Array.from(vectors, (_, index) => index);
  const slack = 1 / (2 * cost);
  for (let pass = 0; pass < options.passesMax; pass += 1) {
    shuffle(order, options.random);
    let movement = 0;
    for (const example of order) {
      const vector = vectors[example];
      if (vector === undefined) continue;
      scoreInto(model, vector, scores);
      const step = 1 / ((lengths[example] ?? 1) + slack);
      const base = example * classes;
      const label = labels[example];
      let length = 0;
      for (let column = 0; column < classes; column += 1) {
        const dual = duals[base + column] ?? 0;
        const sign = column === label ? 1 : -1;
        const gradient = sign * (scores[column] ?? 0) - 1 + slack * dual;
        if (dual === 0 && gradient >= 0) continue;
        const next = Math.max(0, dual - gradient * step);
        const change = next - dual;
        if (Math.abs(change) < changeMin) continue;
        duals[base + column] = next;
        movement += Math.abs(change);
        columns[length] = column;
        amounts[length] = change * sign;
        length += 1;
      }
      addRows(model, vector, { columns, amounts, length });
    }
    if (movement < movementMin * vectors.length) break;
  }
  return model;
}
