import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { anyExamples, asCopies, golden, goldenExamples } from './calibration.fixture.ts';
import { applyCalibrator } from './calibrator.ts';
import { classBrierScore, classLogLoss, topLabel, type LabelledClasses } from './labelled-classes.ts';
import { fitSoftmaxTemperature } from './softmax-temperature.ts';
import { fitTemperature, TEMPERATURE_RANGE } from './temperature.ts';

const { softmax } = golden;
const goldenClasses: LabelledClasses = {
  scores: Float64Array.from(softmax.logits),
  classes: 4,
  input: 'logit',
  labels: Uint8Array.from(softmax.labels),
  weights: Float64Array.from(softmax.weights),
};

describe('fitTemperature', () => {
  test.each(['plain', 'weighted'] as const)('is what SciPy finds, %s', (which) => {
    expect(fitTemperature(goldenExamples('logit', which === 'weighted')).temperature).toBeCloseTo(golden.temperature[which], 6);
  });

  test('whole weights are copies', () => {
    fc.assert(
      fc.property(anyExamples('probability'), (examples) => {
        expect(fitTemperature(examples).temperature / fitTemperature(asCopies(examples)).temperature).toBeCloseTo(1, 8);
      }),
    );
  });

  test('ends at an end of its range where no temperature is best, at 1 where none matters', () => {
    const labels = Uint8Array.of(1, 0);
    expect(fitTemperature({ scores: Float64Array.of(3, -2), input: 'logit', labels }).temperature).toBeCloseTo(TEMPERATURE_RANGE.low, 12);
    expect(fitTemperature({ scores: Float64Array.of(-3, 2), input: 'logit', labels }).temperature).toBeCloseTo(TEMPERATURE_RANGE.high, 9);
    expect(fitTemperature({ scores: Float64Array.of(0.5, 0.5), input: 'probability', labels }).temperature).toBe(1);
  });
});

describe('fitSoftmaxTemperature', () => {
  test('is what SciPy finds; log loss is that of scikit-learn', () => {
    expect(fitSoftmaxTemperature(goldenClasses).temperature).toBeCloseTo(softmax.temperature, 6);
    expect(classLogLoss(goldenClasses)).toBeCloseTo(softmax.logLoss, 10);
  });

  test('logits, log-probabilities and probabilities give one temperature', () => {
    const probabilities = applyCalibrator({ ...fitSoftmaxTemperature(goldenClasses), temperature: 1 }, goldenClasses.scores);
    const { temperature } = fitSoftmaxTemperature(goldenClasses);
    expect(fitSoftmaxTemperature({ ...goldenClasses, scores: probabilities.map(Math.log) }).temperature).toBeCloseTo(temperature, 9);
    expect(fitSoftmaxTemperature({ ...goldenClasses, scores: probabilities, input: 'probability' }).temperature).toBeCloseTo(
      temperature,
      9,
    );
  });

  test('of two classes it is the yes-or-no temperature', () => {
    const examples = goldenExamples('logit', true);
    const scores = Float64Array.from(examples.scores).map((_, at) => examples.scores[at]! / 2);
    const pairs = Float64Array.from({ length: 2 * scores.length }, (_, at) => (at % 2 === 1 ? 1 : -1) * scores[at >> 1]!);
    const { temperature } = fitSoftmaxTemperature({ ...examples, scores: pairs, classes: 2 });
    expect(temperature).toBeCloseTo(golden.temperature.weighted, 6);
  });

  test('keeps the most probable class, and rows add up to 1, in place and in single precision', () => {
    const record = fitSoftmaxTemperature(goldenClasses);
    const scores = Float32Array.from(goldenClasses.scores);
    expect(applyCalibrator(record, scores, scores)).toBe(scores);
    const places = (values: ArrayLike<number>) =>
      Array.from(goldenClasses.labels, (_, row) => {
        const own = [0, 1, 2, 3].map((label) => values[row * 4 + label]!);
        return own.indexOf(Math.max(...own));
      });
    expect(places(scores)).toEqual(places(goldenClasses.scores));
    for (let row = 0; row < 120; row++) {
      expect([0, 1, 2, 3].reduce((sum, label) => sum + scores[row * 4 + label]!, 0)).toBeCloseTo(1, 6);
    }
  });

  test('log loss does not rise on the examples it was fitted on, and recovers the temperature that blurred them', () => {
    const random = createRandom(3, 'classes');
    const count = 4000;
    const scores = Float64Array.from({ length: count * 3 }, () => 2 * random.normal());
    const truth = applyCalibrator({ ...fitSoftmaxTemperature(goldenClasses), classes: 3, temperature: 1 }, scores);
    const labels = Int32Array.from({ length: count }, (_, row) => {
      const draw = random.next();
      return draw < truth[row * 3]! ? 0 : draw < truth[row * 3]! + truth[row * 3 + 1]! ? 1 : 2;
    });
    const sharp: LabelledClasses = { scores: scores.map((score) => score * 2.5), classes: 3, input: 'logit', labels };
    const record = fitSoftmaxTemperature(sharp);
    expect(record.temperature).toBeGreaterThan(2.3);
    expect(record.temperature).toBeLessThan(2.7);
    const after: LabelledClasses = { ...sharp, scores: applyCalibrator(record, sharp.scores), input: 'probability' };
    expect(classLogLoss(after)).toBeLessThan(classLogLoss(sharp));
    expect(classBrierScore(after)).toBeLessThan(classBrierScore(sharp));
  });
});

describe('topLabel', () => {
  const examples: LabelledClasses = {
    scores: Float64Array.of(0.2, 0.5, 0.3, 0.4, 0.4, 0.2),
    classes: 3,
    input: 'probability',
    labels: Uint8Array.of(1, 1),
  };

  test('takes the first of the most probable, and whether it came true', () => {
    expect(topLabel(examples)).toEqual({
      scores: Float64Array.of(0.5, 0.4),
      input: 'probability',
      labels: Uint8Array.of(1, 0),
      weights: Float64Array.of(1, 1),
    });
    expect(classBrierScore(examples)).toBeCloseTo((0.04 + 0.25 + 0.09 + 0.16 + 0.36 + 0.04) / 2, 12);
    const logits = topLabel({ ...examples, scores: examples.scores.map(Math.log), input: 'logit' });
    expect([...logits.scores]).toEqual([expect.closeTo(0.5, 12), expect.closeTo(0.4, 12)]);
  });

  test.each([
    [{ labels: Uint8Array.of(1, 3) }, /label 1 is 3: give a class from 0 to 2/],
    [{ classes: 1 }, /classes is 1/],
    [{ classes: 4 }, /6 scores for 8 examples/],
    [{ scores: Float64Array.of(0.2, 0.5, 0.2, 0.4, 0.4, 0.2) }, /row 0 add up to 0\.8999/],
    [{ scores: Float64Array.of(0.2, 0.5, 0.3, 0.4, NaN, 0.2) }, /score 4 is NaN/],
    [{ scores: new Float64Array(0), labels: new Uint8Array(0) }, /no examples/],
  ])('refuses %o', (change, message) => {
    expect(() => topLabel({ ...examples, ...change })).toThrow(message);
  });
});
