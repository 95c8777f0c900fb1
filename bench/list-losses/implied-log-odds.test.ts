import { expect, it } from 'vitest';
import { impliedLogOdds } from './implied-log-odds.ts';

const logit = (probability: number) => Math.log(probability / (1 - probability));

it('takes a score as log-odds where the loss means a probability, and the softmax of the list elsewhere', () => {
  expect(Array.from(impliedLogOdds('sigmoid', [0.5, -2]))).toEqual([0.5, -2]);
  const weights = [2, 3, 5];
  for (const implied of ['softmax', 'none'] as const) {
    const found = impliedLogOdds(implied, weights.map(Math.log));
    weights.forEach((weight, at) => expect(found[at]).toBeCloseTo(logit(weight / 10), 12));
  }
});

it('loses nothing where one score is far above the others', () => {
  const [high, low] = impliedLogOdds('softmax', [800, 0, 0]);
  expect(high).toBeCloseTo(800 - Math.log(2), 9);
  expect(low).toBeCloseTo(-800, 9);
});
