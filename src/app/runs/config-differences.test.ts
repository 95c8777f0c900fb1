import { expect, test } from 'vitest';
import { configDifferences, describeDifferences } from './config-differences.ts';

test('only what differs is named, by its path', () => {
  const begun = { epochs: 6, model: { kind: 'hstu', dimension: 48, heads: 1 }, loss: { kind: 'bce', negatives: 8 }, seed: 1 };
  const asked = { epochs: 9, model: { kind: 'hstu', dimension: 64, heads: 1 }, loss: { kind: 'full-softmax' }, seed: 1 };
  expect(describeDifferences(configDifferences(begun, asked))).toBe(
    'epochs: 6 → 9, model.dimension: 48 → 64, loss.kind: bce → full-softmax, loss.negatives: 8 → none',
  );
});

test('the same config, whatever the order of its keys, has no difference', () => {
  expect(configDifferences({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toEqual([]);
});
