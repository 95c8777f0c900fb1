import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyExamples, asCopies, golden, goldenExamples } from './calibration.fixture.ts';
import { applyCalibrator } from './calibrator.ts';
import { fitPlatt } from './platt.ts';

describe('fitPlatt', () => {
  test.each(['plain', 'weighted'] as const)('is what scikit-learn and SciPy find, %s', (which) => {
    const { slope, intercept } = fitPlatt(goldenExamples('logit', which === 'weighted'));
    expect(slope).toBeCloseTo(golden.platt[which].slope, 7);
    expect(intercept).toBeCloseTo(golden.platt[which].intercept, 7);
  });

  test('whole weights are copies', () => {
    fc.assert(
      fc.property(anyExamples('logit'), (examples) => {
        const weighted = applyCalibrator(fitPlatt(examples), examples.scores);
        const copied = applyCalibrator(fitPlatt(asCopies(examples)), examples.scores);
        weighted.forEach((value, at) => expect(value).toBeCloseTo(copied[at]!, 6));
      }),
      { numRuns: 100 },
    );
  });

  test('all labels equal: target smoothing gives (N + 1) / (N + 2)', () => {
    const scores = new Float64Array(18).fill(0.25);
    const { slope, intercept } = fitPlatt({ scores, input: 'logit', labels: new Uint8Array(18).fill(1) });
    expect(1 / (1 + Math.exp(-(0.25 * slope + intercept)))).toBeCloseTo(19 / 20, 6);
  });

  test('scores of any unit are fitted alike', () => {
    const examples = goldenExamples('logit', true);
    const { slope, intercept } = fitPlatt(examples);
    for (const unit of [1e-6, 1e6]) {
      const scaled = fitPlatt({ ...examples, scores: examples.scores.map((score) => score * unit) });
      expect(scaled.slope * unit).toBeCloseTo(slope, 5);
      expect(scaled.intercept).toBeCloseTo(intercept, 5);
    }
  });

  test('without smoothing separable examples still end, sure and finite', () => {
    const record = fitPlatt({ scores: Float64Array.of(-1, 1), input: 'logit', labels: Uint8Array.of(0, 1) }, { targetSmoothing: false });
    expect(record.slope).toBeGreaterThan(10);
    expect(Number.isFinite(record.slope)).toBe(true);
  });
});
