import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from './rankings.ts';

test('a right entry counts by its place, and several share the recall', () => {
  assert.deepEqual(judge([{ ranked: [4, 7], right: new Set([4]) }]), {
    'recall@1': 100,
    'recall@5': 100,
    'recall@10': 100,
    'ndcg@10': 100,
    mrr: 1,
  });
  const second = judge([{ ranked: [4, 7, 1], right: new Set([7, 9]) }]);
  assert.deepEqual([second['recall@1'], second['recall@5'], second['mrr']], [0, 50, 0.5]);
  assert.equal(second['ndcg@10'], 38.69);
});

test('means are over all queries, and a miss counts as nothing', () => {
  const both = [
    { ranked: [1], right: new Set([1]) },
    { ranked: [1], right: new Set([2]) },
  ];
  assert.deepEqual([judge(both)['recall@5'], judge(both)['mrr']], [50, 0.5]);
  assert.equal(judge([])['recall@1'], 0);
});
