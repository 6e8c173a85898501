import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitLinear, scoreInto } from './linear.ts';
import type { SparseVector } from './features.ts';
import { seededRandom } from './random.ts';

const vector = (...cells: [number, number][]): SparseVector => ({
  indices: Int32Array.from(cells, ([index]) => index),
  values: Float32Array.from(cells, ([, value]) => value),
  knownWords: 1,
});

const vectors = [
  vector([0, 1], [3, 0.2]),
  vector([0, 0.9]),
  vector([1, 1]),
  vector([1, 0.8], [3, 0.3]),
  vector([2, 1]),
  vector([2, 0.7], [4, 0.1]),
];
const labels = [0, 0, 1, 1, 2, 2];
const options = { classes: 3, features: 5, cost: 10, passesMax: 50 };

test('separable classes are separated with the right signs', () => {
  const model = fitLinear(vectors, labels, { ...options, random: seededRandom(1) });
  const scores = new Float32Array(3);
  for (const [index, example] of vectors.entries()) {
    scoreInto(model, example, scores);
    for (const [label, score] of scores.entries()) {
      assert.equal(score > 0, label === labels[index], `example ${index}, class ${label}`);
    }
  }
});

test('the same random numbers give the same weights', () => {
  const one = fitLinear(vectors, labels, { ...options, random: seededRandom(5) });
  const other = fitLinear(vectors, labels, { ...options, random: seededRandom(5) });
  assert.deepEqual(one, other);
});

test('a score is the bias plus the weighted sum, for any number of features', () => {
  const classes = 2;
  const weights = Float32Array.from({ length: 14 }, (_, index) => index / 4);
  const model = { classes, weights, biases: Float32Array.of(0.5, -0.5) };
  for (let length = 0; length <= 7; length += 1) {
    const cells = Array.from({ length }, (_, index): [number, number] => [index, index + 1]);
    const scores = new Float32Array(classes);
    scoreInto(model, vector(...cells), scores);
    for (let column = 0; column < classes; column += 1) {
      const expected = cells.reduce(
        (sum, [index, value]) => sum + value * (weights[index * classes + column] ?? 0),
        model.biases[column] ?? 0,
      );
      assert.ok(Math.abs((scores[column] ?? 0) - expected) < 1e-4);
    }
  }
});

test('no examples give a model of zeros', () => {
  const model = fitLinear([], [], { ...options, random: seededRandom(1) });
  assert.ok(model.weights.every((weight) => weight === 0));
});
