import { expect, it } from 'vitest';
import { compositeLossSchema } from './composite-loss-config.ts';
import { constraintFigures, constraintsHold } from './constraint-figures.ts';

const probabilities = { hide: Float32Array.of(0.5, 0.25, 0.125, 0.75) };
const examples = {
  rows: 4,
  labels: { hide: Float32Array.of(1, 0, NaN, 1) },
  weights: Float32Array.of(1, 2, 1, 1),
  masks: { shown: Float32Array.of(1, 0.5, 1, 0), nobody: new Float32Array(4) },
};
const figures = (of: object, mask = 'all', atMost = 0.4) => {
  const constraints = [{ name: 'bound', task: 'hide', of, mask, atMost }];
  return constraintFigures(compositeLossSchema.parse({ tasks: [{ name: 'hide' }], constraints }), probabilities, examples);
};

it('are means over the examples that have the task and count, weighted', () => {
  expect(figures({ kind: 'mean-probability' })['bound']!.value).toBeCloseTo((0.5 + 2 * 0.25 + 0.75) / 4, 6);
  expect(figures({ kind: 'mean-probability' }, 'shown')['bound']!.value).toBeCloseTo((0.5 + 0.25) / 2, 6);
  const crossEntropy = figures({ kind: 'binary-cross-entropy' }, 'shown')['bound']!.value;
  expect(crossEntropy).toBeCloseTo((Math.log(2) - Math.log(0.75)) / 2, 6);
});

it('hold where none is above its bound; what no example counts in, or what needs lists, breaks none', () => {
  expect(constraintsHold(figures({ kind: 'mean-probability' }))).toBe(false);
  expect(constraintsHold(figures({ kind: 'mean-probability' }, 'shown'))).toBe(true);
  expect(figures({ kind: 'mean-probability' }, 'nobody')).toEqual({ bound: { value: null, atMost: 0.4 } });
  expect(constraintsHold(figures({ kind: 'mean-probability' }, 'nobody'))).toBe(true);
  expect(figures({ kind: 'softmax' })).toEqual({});
});
