import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyExamples, asCopies, golden, goldenExamples } from './calibration.fixture.ts';
import { applyCalibrator } from './calibrator.ts';
import { fitIsotonic } from './isotonic.ts';
import type { LabelledScores } from './labelled-scores.ts';

/**
 * The least weighted sum of squares that any rising map reaches, by trying every way to cut the distinct scores into stretches of one
 * value: the optimum is one of them.
 */
function bruteForce({ scores, labels, weights }: LabelledScores): number {
  const distinct = [...new Set(scores.filter((_, at) => weights![at]! > 0))].toSorted((a, b) => a - b);
  const groups = distinct.map((score) => {
    const places = Array.from(scores.keys()).filter((at) => scores[at] === score);
    const weight = places.reduce((sum, at) => sum + weights![at]!, 0);
    return { weight, yes: places.reduce((sum, at) => sum + weights![at]! * labels[at]!, 0) };
  });
  let best = Infinity;
  for (let cuts = 0; cuts < 1 << (groups.length - 1); cuts++) {
    const stretches: { weight: number; yes: number }[] = [];
    for (const [at, { weight, yes }] of groups.entries()) {
      if (at === 0 || (cuts >> (at - 1)) & 1) stretches.push({ weight, yes });
      else {
        stretches.at(-1)!.weight += weight;
        stretches.at(-1)!.yes += yes;
      }
    }
    const means = stretches.map(({ weight, yes }) => yes / weight);
    if (means.some((mean, at) => at > 0 && mean < means[at - 1]!)) continue;
    // Σ w (m − y)² over 0/1 labels of a stretch is yes · (1 − yes / weight).
    best = Math.min(
      best,
      stretches.reduce((sum, { weight, yes }) => sum + yes * (1 - yes / weight), 0),
    );
  }
  return best;
}

describe('fitIsotonic', () => {
  test.each(['plain', 'weighted'] as const)('is what scikit-learn finds, between and beyond the scores too, %s', (which) => {
    const record = fitIsotonic(goldenExamples('logit', which === 'weighted'));
    const found = applyCalibrator(record, Float64Array.from(golden.isotonic.grid));
    for (const [at, value] of found.entries()) expect(value).toBeCloseTo(golden.isotonic[which][at]!, 10);
  });

  test('is the least squares of all rising maps (brute force)', () => {
    fc.assert(
      fc.property(anyExamples('logit', 9), (examples) => {
        const { scores, labels, weights } = examples;
        const fitted = applyCalibrator(fitIsotonic(examples), scores);
        const squares = fitted.reduce((sum, value, at) => sum + weights![at]! * (value - labels[at]!) ** 2, 0);
        expect(squares).toBeCloseTo(bruteForce(examples), 9);
      }),
      { numRuns: 500 },
    );
  });

  test('a tie is one example: a part of it is not pooled alone', () => {
    const labels = Uint8Array.of(0, 0, 1, 0, 1);
    const record = fitIsotonic({ scores: Float64Array.of(1, 1, 1, 2, 2), input: 'logit', labels });
    expect(record.scores).toEqual([1, 2]);
    expect(record.probabilities).toEqual([expect.closeTo(1 / 3, 12), 0.5]);
  });

  test('never falls, stays in [0, 1], and whole weights are copies', () => {
    fc.assert(
      fc.property(anyExamples('probability'), fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (examples, asked) => {
        const record = fitIsotonic(examples);
        const sorted = Float64Array.from(asked).sort();
        const values = applyCalibrator(record, sorted);
        values.forEach((value, at) => expect(value).toBeGreaterThanOrEqual(at === 0 ? 0 : values[at - 1]!));
        values.forEach((value) => expect(value).toBeLessThanOrEqual(1));
        const copied = applyCalibrator(fitIsotonic(asCopies(examples)), sorted);
        values.forEach((value, at) => expect(value).toBeCloseTo(copied[at]!, 9));
      }),
    );
  });

  test('one level where labels or scores are one', () => {
    const scores = Float64Array.of(-1, 0, 4);
    expect(fitIsotonic({ scores, input: 'logit', labels: Uint8Array.of(1, 1, 1) })).toMatchObject({
      scores: [-1, 4],
      probabilities: [1, 1],
    });
    const constant = fitIsotonic({ scores: new Float64Array(4), input: 'logit', labels: Uint8Array.of(1, 0, 0, 0) });
    expect(constant).toMatchObject({ scores: [0], probabilities: [0.25] });
    expect([...applyCalibrator(constant, Float64Array.of(-9, 0, 9))]).toEqual([0.25, 0.25, 0.25]);
  });
});
