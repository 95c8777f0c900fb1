import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binOf, equalMassEdges, equalWidthEdges, valueMass } from './bin-edges.ts';
import { anyExamples, asCopies, drawExamples, golden, goldenExamples } from './calibration.fixture.ts';
import {
  debiasedCalibrationError,
  debiasedSquaredCalibrationError,
  expectedCalibrationError,
  maximumCalibrationError,
} from './expected-calibration-error.ts';
import type { LabelledScores } from './labelled-scores.ts';
import { brierScore, decomposeBrier, logLoss } from './proper-scores.ts';
import { binScores } from './score-bins.ts';

const { measures } = golden;
const examples: LabelledScores = {
  scores: Float64Array.from(measures.probabilities),
  input: 'probability',
  labels: Uint8Array.from(measures.labels),
};

describe('binScores', () => {
  test.each([
    ['equal-width', 'uniform'],
    ['equal-mass', 'quantile'],
  ] as const)('%s is the calibration curve of scikit-learn', (binning, strategy) => {
    const bins = binScores(examples, { binning, bins: 10 });
    const { meanLabel, meanProbability } = measures.curves[strategy];
    expect(bins.length).toBe(meanLabel.length);
    bins.forEach((bin, at) => {
      expect(bin.meanLabel).toBeCloseTo(meanLabel[at]!, 12);
      expect(bin.meanProbability).toBeCloseTo(meanProbability[at]!, 12);
    });
  });

  test('weights and counts add up, means lie between the edges, whole weights are copies', () => {
    const options = fc.record({
      binning: fc.constantFrom('equal-width', 'equal-mass'),
      bins: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant('monotone' as const)),
    });
    const both = fc.oneof(anyExamples('logit'), anyExamples('probability'));
    fc.assert(
      fc.property(both, options, (examples, options) => {
        const bins = binScores(examples, options);
        const weights = Float64Array.from(examples.weights!);
        expect(bins.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(
          weights.reduce((sum, weight) => sum + weight, 0),
          9,
        );
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(weights.filter((weight) => weight > 0).length);
        for (const { low, high, lowest, highest, meanProbability } of bins) {
          expect(low).toBeLessThanOrEqual(lowest);
          expect(highest).toBeLessThanOrEqual(high);
          expect(lowest).toBeLessThanOrEqual(meanProbability + 1e-12);
          expect(meanProbability).toBeLessThanOrEqual(highest + 1e-12);
        }
        const copied = binScores(asCopies(examples), options);
        expect(copied.map(({ meanLabel }) => meanLabel.toFixed(9))).toEqual(bins.map(({ meanLabel }) => meanLabel.toFixed(9)));
      }),
      { numRuns: 300 },
    );
  });

  test('unequal weights tell as much as fewer examples: (Σ w)² / Σ w²', () => {
    const [bin] = binScores({ ...examples, weights: Float64Array.from(examples.scores, (_, at) => (at % 2 === 0 ? 2 : 1)) }, { bins: 1 });
    expect(bin!.effectiveCount).toBeCloseTo(450 ** 2 / (150 * 5), 9);
    expect(bin!.count).toBe(300);
    expect(binScores(examples, { bins: 1 })[0]!.effectiveCount).toBe(300);
  });

  test('an edge belongs to the lower bin, 0 to the first', () => {
    const edges = equalWidthEdges(4);
    expect([0, 0.25, 0.26, 0.5, 0.75, 0.76, 1].map((value) => binOf(edges, value))).toEqual([0, 0, 1, 1, 2, 3, 3]);
  });

  test('neighbouring doubles are told apart', () => {
    const below = 1 - 2 ** -53;
    const edges = equalMassEdges(valueMass(Float64Array.of(1, below), Float64Array.of(1, 1)), 2);
    expect([below, 1].map((value) => binOf(edges, value))).toEqual([0, 1]);
  });

  test('monotone: as many bins as still rise, more with more examples', () => {
    const counts = [100, 1000, 20_000].map((count) => {
      const bins = binScores(drawExamples(count, 7), { bins: 'monotone' });
      expect(bins.every(({ meanLabel }, at) => at === 0 || meanLabel >= bins[at - 1]!.meanLabel)).toBe(true);
      return bins.length;
    });
    expect(counts[0]).toBeGreaterThan(1);
    expect(counts[1]).toBeGreaterThan(counts[0]!);
    expect(counts[2]).toBeGreaterThan(counts[1]!);
    expect(counts[2]).toBeLessThanOrEqual(100);
  });

  test.each([
    [{ bins: 0 }, /bins is 0/],
    [{ bins: 2.5 }, /bins is 2.5/],
    [{ binning: 'other' }, /binning is other/],
  ])('refuses %o', (options, message) => {
    expect(() => binScores(examples, options as { bins: number })).toThrow(message);
  });
});

describe('calibration errors', () => {
  const bins = binScores(examples, { bins: 10 });

  test('are those of NumPy, the debiased one that of a folded normal of SciPy', () => {
    expect(expectedCalibrationError(bins)).toBeCloseTo(measures.ece, 12);
    expect(maximumCalibrationError(bins)).toBeCloseTo(measures.mce, 12);
    expect(debiasedCalibrationError(bins)).toBeCloseTo(measures.debiasedEce, 9);
    expect(debiasedSquaredCalibrationError(bins)).toBeCloseTo(measures.debiasedSquare, 12);
  });

  test('of calibrated scores: the plain one is far above 0, the debiased ones are about 0', () => {
    const trials = Array.from({ length: 60 }, (_, seed) => binScores(drawExamples(400, seed), { bins: 15 }));
    const mean = (measure: typeof expectedCalibrationError) => trials.reduce((sum, bins) => sum + measure(bins), 0) / trials.length;
    const plain = mean(expectedCalibrationError);
    expect(plain).toBeGreaterThan(0.04);
    // Of a normal about 0 the correction takes off √2 − 1 = 41 %; the squared one is unbiased.
    expect(mean(debiasedCalibrationError) / plain).toBeGreaterThan(0.53);
    expect(mean(debiasedCalibrationError) / plain).toBeLessThan(0.65);
    expect(Math.abs(mean(debiasedSquaredCalibrationError))).toBeLessThan(5e-4);
  });

  test('of scores with a known error: the debiased one is nearer to it', () => {
    const chance = (z: number) => 1 / (1 + Math.exp(-0.5 * z));
    const truth = expectedCalibrationError(binScores(drawExamples(100_000, 'truth', chance), { bins: 15 }));
    const trials = Array.from({ length: 60 }, (_, seed) => binScores(drawExamples(400, seed, chance), { bins: 15 }));
    const mean = (measure: typeof expectedCalibrationError) => trials.reduce((sum, bins) => sum + measure(bins), 0) / trials.length;
    expect(mean(expectedCalibrationError) - truth).toBeGreaterThan(0.01);
    expect(Math.abs(mean(debiasedCalibrationError) - truth)).toBeLessThan(0.5 * (mean(expectedCalibrationError) - truth));
  });

  test('one example a bin does no harm', () => {
    const few = binScores({ scores: Float64Array.of(0.2, 0.9), input: 'probability', labels: Uint8Array.of(0, 1) });
    expect(few.length).toBe(2);
    expect(expectedCalibrationError(few)).toBeCloseTo(0.15, 12);
    expect(debiasedCalibrationError(few)).toBeCloseTo(0.15, 12);
    expect(debiasedSquaredCalibrationError(few)).toBe(0);
  });
});

describe('log loss and Brier score', () => {
  test('are those of scikit-learn', () => {
    expect(logLoss(goldenExamples('probability', true))).toBeCloseTo(measures.logLoss, 10);
    expect(brierScore(goldenExamples('probability', true))).toBeCloseTo(measures.brier, 12);
  });

  test('of logits are exact where a probability is 0 or 1 to a double', () => {
    expect(logLoss({ scores: Float64Array.of(800), input: 'logit', labels: Uint8Array.of(0) })).toBe(800);
    expect(logLoss({ scores: Float64Array.of(1), input: 'probability', labels: Uint8Array.of(0) })).toBeCloseTo(27.631, 3);
  });

  test('the decomposition adds up for any bins', () => {
    fc.assert(
      fc.property(anyExamples('probability'), fc.integer({ min: 1, max: 20 }), fc.boolean(), (examples, bins, isMass) => {
        const parts = decomposeBrier(examples, { bins, binning: isMass ? 'equal-mass' : 'equal-width' });
        expect(parts.brier).toBeCloseTo(parts.reliability - parts.resolution + parts.uncertainty + parts.withinBins, 10);
        expect(parts.brier).toBeCloseTo(brierScore(examples), 12);
      }),
      { numRuns: 300 },
    );
  });

  test('the parts are Murphy’s where bins hold one probability each', () => {
    const scores = Float64Array.of(0.2, 0.2, 0.2, 0.2, 0.8, 0.8);
    const parts = decomposeBrier({ scores, input: 'probability', labels: Uint8Array.of(1, 0, 0, 1, 1, 1) });
    expect(parts.reliability).toBeCloseTo((4 * 0.09 + 2 * 0.04) / 6, 12);
    expect(parts.resolution).toBeCloseTo((4 * (0.5 - 2 / 3) ** 2 + 2 * (1 / 3) ** 2) / 6, 12);
    expect(parts.uncertainty).toBeCloseTo(2 / 9, 12);
    expect(parts.withinBins).toBeCloseTo(0, 12);
  });
});
