import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyExamples, asCopies, drawExamples, goldenExamples } from './calibration.fixture.ts';
import {
  applyCalibrator,
  CALIBRATION_METHODS,
  fitCalibrator,
  parseCalibrator,
  type CalibrationMethod,
  type Calibrator,
} from './calibrator.ts';
import { fitBeta } from './beta.ts';
import { fitHistogram } from './histogram.ts';
import { fitPlatt } from './platt.ts';
import type { LabelledScores } from './labelled-scores.ts';
import { brierScore, logLoss } from './proper-scores.ts';
import { fitSoftmaxTemperature } from './softmax-temperature.ts';

/** Area under the ROC curve, ties half. */
function auc(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  let won = 0;
  let pairs = 0;
  for (let yes = 0; yes < scores.length; yes++) {
    if (labels[yes] !== 1) continue;
    for (let no = 0; no < scores.length; no++) {
      if (labels[no] !== 0) continue;
      pairs++;
      won += scores[yes]! > scores[no]! ? 1 : scores[yes] === scores[no] ? 0.5 : 0;
    }
  }
  return won / pairs;
}

function probabilityOf(record: Calibrator, score: number): number {
  return applyCalibrator(record, Float64Array.of(score))[0]!;
}

const softmaxRecord = fitSoftmaxTemperature({
  scores: Float64Array.of(1, 0, 0, 1),
  classes: 2,
  input: 'logit',
  labels: Uint8Array.of(0, 0),
});
const records: readonly (readonly [string, Calibrator])[] = [
  ...CALIBRATION_METHODS.map((method) => [method, fitCalibrator(method, goldenExamples('probability', true))] as const),
  ['softmax-temperature', softmaxRecord],
];

describe('a fit', () => {
  test.each(['temperature', 'beta'] as const)('%s: log loss is never above that of the scores as they are', (method) => {
    const both = fc.oneof(anyExamples('logit'), anyExamples('probability'));
    fc.assert(
      fc.property(both, (examples) => {
        const after = {
          ...examples,
          scores: applyCalibrator(fitCalibrator(method, examples), examples.scores),
          input: 'probability',
        } as const;
        expect(logLoss(after)).toBeLessThanOrEqual(logLoss(examples) + 1e-9);
      }),
      { numRuns: 300 },
    );
  });

  test('platt: nor is it, without target smoothing', () => {
    fc.assert(
      fc.property(anyExamples('logit'), (examples) => {
        const record = fitPlatt(examples, { targetSmoothing: false });
        const after = { ...examples, scores: applyCalibrator(record, examples.scores), input: 'probability' } as const;
        expect(logLoss(after)).toBeLessThanOrEqual(logLoss(examples) + 1e-9);
      }),
      { numRuns: 300 },
    );
  });

  test('isotonic: nor are log loss and Brier score', () => {
    fc.assert(
      fc.property(anyExamples('probability'), (examples) => {
        const after = { ...examples, scores: applyCalibrator(fitCalibrator('isotonic', examples), examples.scores) };
        expect(logLoss(after)).toBeLessThanOrEqual(logLoss(examples) + 1e-9);
        expect(brierScore(after)).toBeLessThanOrEqual(brierScore(examples) + 1e-12);
      }),
      { numRuns: 300 },
    );
  });

  test('keeps AUC where the map is strictly rising; isotonic does not lower it on its examples', () => {
    const examples = drawExamples(600, 1, (z) => 1 / (1 + Math.exp(-0.4 * z + 0.5)));
    const before = auc(examples.scores, examples.labels);
    for (const method of ['platt', 'temperature', 'beta'] as const) {
      expect(auc(applyCalibrator(fitCalibrator(method, examples), examples.scores), examples.labels)).toBe(before);
    }
    expect(auc(applyCalibrator(fitCalibrator('isotonic', examples), examples.scores), examples.labels)).toBeGreaterThanOrEqual(before);
  });

  test.each(CALIBRATION_METHODS)('%s mends what was over-sure, on examples it has not seen', (method) => {
    const chance = (z: number) => 1 / (1 + Math.exp(-0.4 * z + 0.5));
    const record = fitCalibrator(method, drawExamples(8000, 'fit', chance));
    const unseen = drawExamples(8000, 'unseen', chance);
    const truth: LabelledScores = { ...unseen, scores: unseen.scores.map(chance), input: 'probability' };
    const after: LabelledScores = { ...unseen, scores: applyCalibrator(record, unseen.scores), input: 'probability' };
    const [raw, best, reached] = [logLoss(unseen), logLoss(truth), logLoss(after)];
    // A temperature alone cannot shift, and many levels cost some noise; two or three numbers come within a hair of the truth.
    const left = { platt: 0.01, beta: 0.01, isotonic: 0.12, histogram: 0.12, temperature: 0.6 };
    expect((reached - best) / (raw - best)).toBeLessThan(left[method]);
  });

  test.each(CALIBRATION_METHODS)('%s: one example, equal labels and constant scores give probabilities', (method) => {
    const cases: LabelledScores[] = [
      { scores: Float64Array.of(0.3), input: 'probability', labels: Uint8Array.of(1) },
      { scores: Float64Array.of(0, 0.3, 1), input: 'probability', labels: Uint8Array.of(0, 0, 0) },
      { scores: Float32Array.of(0, 0, 0), input: 'logit', labels: Uint8Array.of(0, 1, 0) },
      { scores: Float32Array.of(1, 1, 1, 1), input: 'probability', labels: Uint8Array.of(0, 1, 1, 1) },
    ];
    for (const examples of cases) {
      const record = parseCalibrator(JSON.parse(JSON.stringify(fitCalibrator(method, examples))));
      for (const value of applyCalibrator(record, Float64Array.of(0, 0.2, 0.5, 1))) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
    }
    // Constant scores: all but a temperature find the share that came true.
    if (method === 'temperature') return;
    const share = probabilityOf(fitCalibrator(method, cases[3]!), 1);
    expect(Math.abs(share - 0.75)).toBeLessThan(method === 'platt' ? 0.1 : 1e-6);
  });

  const one = { scores: Float64Array.of(0.5), input: 'probability', labels: Uint8Array.of(1) } as const;
  test.each([
    [{ ...one, scores: new Float64Array(0), labels: new Uint8Array(0) }, 'CALIBRATION_EXAMPLES', /no examples/],
    [{ ...one, scores: Float64Array.of(NaN) }, 'CALIBRATION_SCORE', /score 0 is NaN/],
    [{ ...one, scores: Float64Array.of(1.5) }, 'CALIBRATION_SCORE', /score 0 is 1.5: a probability is a number from 0 to 1/],
    [{ ...one, scores: Float64Array.of(-Infinity), input: 'logit' }, 'CALIBRATION_SCORE', /a logit is a finite number/],
    [{ ...one, labels: Uint8Array.of(2) }, 'CALIBRATION_EXAMPLES', /label 0 is 2: give 0 or 1/],
    [{ ...one, labels: Uint8Array.of(1, 1) }, 'CALIBRATION_EXAMPLES', /2 labels for 1 examples/],
    [{ ...one, weights: Float64Array.of(-1) }, 'CALIBRATION_EXAMPLES', /weight 0 is -1/],
    [{ ...one, weights: Float64Array.of(0) }, 'CALIBRATION_EXAMPLES', /weights add up to 0/],
    [{ ...one, input: 'score' }, 'CALIBRATION_EXAMPLES', /input is score: say whether/],
  ] as const)('refuses %o', (examples, code, message) => {
    for (const method of CALIBRATION_METHODS) {
      expect(() => fitCalibrator(method, examples as LabelledScores)).toThrow(expect.objectContaining({ code }));
      expect(() => fitCalibrator(method, examples as LabelledScores)).toThrow(message);
    }
  });

  test('refuses unknown methods and impossible bins', () => {
    expect(() => fitCalibrator('magic' as CalibrationMethod, one)).toThrow(/method is magic: give one of platt/);
    expect(() => fitHistogram(one, { bins: 0 })).toThrow(/bins is 0/);
  });
});

describe('fitHistogram', () => {
  test('means of equal shares, ties together, edges to the lower bin', () => {
    const scores = Float64Array.of(1, 2, 3, 4, 4, 4, 5, 6);
    const record = fitHistogram({ scores, input: 'logit', labels: Uint8Array.of(0, 1, 0, 1, 0, 1, 1, 1) }, { bins: 4 });
    expect(record.edges).toEqual([2.5, 3.5, 4.5]);
    expect(record.probabilities).toEqual([0.5, 0, expect.closeTo(2 / 3, 12), 1]);
    expect([...applyCalibrator(record, Float64Array.of(-9, 2.5, 2.6, 4.5, 9))]).toEqual([0.5, 0.5, 0, expect.closeTo(2 / 3, 12), 1]);
  });
});

describe('fitHistogram with weights', () => {
  test('whole weights are copies', () => {
    fc.assert(
      fc.property(anyExamples('logit'), fc.integer({ min: 1, max: 6 }), (examples, bins) => {
        const weighted = fitHistogram(examples, { bins });
        const copied = fitHistogram(asCopies(examples), { bins });
        expect(weighted.edges).toEqual(copied.edges);
        weighted.probabilities.forEach((value, at) => expect(value).toBeCloseTo(copied.probabilities[at]!, 12));
      }),
    );
  });
});

describe('a record', () => {
  test.each(records)('%s goes through JSON and gives the same, to the bit', (_, record) => {
    const read = parseCalibrator(JSON.parse(JSON.stringify(record)));
    expect(read).toEqual(record);
    const scores = Float64Array.of(0.01, 0.99, 0.4, 0.6);
    expect(applyCalibrator(read, scores)).toEqual(applyCalibrator(record, scores));
  });

  test.each(records)('%s writes into what is given, in place too', (_, record) => {
    const scores = Float32Array.of(0.25, 0.75, 0.5, 0.5);
    const expected = applyCalibrator(record, scores, new Float32Array(4));
    expect(applyCalibrator(record, scores, scores)).toBe(scores);
    expect(scores).toEqual(expected);
  });

  test.each(records)('%s refuses scores that are none of its kind', (_, record) => {
    for (const bad of [NaN, Infinity]) {
      expect(() => applyCalibrator(record, Float64Array.of(0.5, 0.5, 0.3, bad))).toThrow(/score 3 is/);
    }
    if (record.input === 'probability') expect(() => applyCalibrator(record, Float64Array.of(0.5, 1.01))).toThrow(/score 1 is 1.01/);
    expect(() => applyCalibrator(record, Float64Array.of(0.5, 0.5), new Float64Array(1))).toThrow(/into holds 1 values for 2 scores/);
  });

  test('whole rows of classes only', () => {
    expect(() => applyCalibrator(softmaxRecord, new Float64Array(3))).toThrow(/3 scores make no whole rows of 2 classes/);
  });

  const [platt, isotonic, histogram] = (['platt', 'isotonic', 'histogram'] as const).map((method) =>
    fitCalibrator(method, goldenExamples('logit', false)),
  );
  test.each([
    [null, /no record of format nisus-calibrator \(its format is missing\)/],
    [[], /no record of format/],
    [{ ...platt, format: 'other' }, /its format is "other"/],
    [{ ...platt, formatVersion: 2 }, /format version 2, this version of Nisus reads 1: fit it again/],
    [{ ...platt, kind: 'magic' }, /damaged/],
    [{ ...platt, slope: null }, /damaged[^]*slope/],
    [{ ...platt, more: 1 }, /damaged[^]*more/],
    [{ ...isotonic, scores: [] }, /damaged[^]*scores/],
    [{ ...isotonic, scores: [1, 0], probabilities: [0, 1] }, /ascending scores/],
    [{ ...isotonic, scores: [0, 1], probabilities: [1, 0] }, /ascending probabilities/],
    [{ ...isotonic, probabilities: [0.5] }, /as many probabilities as scores/],
    [{ ...histogram, probabilities: [0.5] }, /one probability more than edges/],
    [{ ...histogram, edges: [0], probabilities: [0.5, 1.5] }, /damaged[^]*probabilities/],
    [{ ...fitBeta(goldenExamples('logit', false)), a: -1 }, /damaged[^]*a/],
  ])('refuses %j', (value, message) => {
    expect(() => parseCalibrator(value)).toThrow(message);
    expect(() => parseCalibrator(value)).toThrow(expect.objectContaining({ code: 'CALIBRATION_RECORD' }));
  });
});
