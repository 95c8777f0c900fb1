import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { drawExamples, goldenExamples } from './calibration.fixture.ts';
import type { LabelledScores } from './labelled-scores.ts';
import { measureCalibration } from './measure-calibration.ts';
import { brierScore, logLoss } from './proper-scores.ts';
import { binScores } from './score-bins.ts';
import { debiasedCalibrationError, expectedCalibrationError, maximumCalibrationError } from './expected-calibration-error.ts';

const overSure = (z: number) => 1 / (1 + Math.exp(-0.5 * z));

describe('measureCalibration', () => {
  test('gathers what the single measures say', () => {
    const examples = goldenExamples('probability', true);
    const measures = measureCalibration(examples);
    expect(measures.examples).toBe(300);
    expect(measures.bins).toEqual(binScores(examples));
    expect(measures.ece).toBeCloseTo(expectedCalibrationError(measures.bins), 14);
    expect(measures.debiasedEce).toBeCloseTo(debiasedCalibrationError(measures.bins), 14);
    expect(measures.mce).toBeCloseTo(maximumCalibrationError(measures.bins), 14);
    expect(measures.brier).toBeCloseTo(brierScore(examples), 14);
    expect(measures.logLoss).toBeCloseTo(logLoss(examples), 14);
    expect(measures.bias).toBeCloseTo(measures.meanProbability - measures.meanLabel, 14);
    expect(measures.intervals).toBeNull();
  });

  test('intervals are the same from one generator state, hold the estimate, and widen with confidence', () => {
    const examples = drawExamples(800, 1, overSure);
    const draw = (seed: number, confidence: number) =>
      measureCalibration(examples, { interval: { random: createRandom(seed), resamples: 200, confidence } });
    const measures = draw(1, 0.9);
    expect(draw(1, 0.9)).toEqual(measures);
    expect(draw(2, 0.9)).not.toEqual(measures);
    const wider = draw(1, 0.99).intervals!;
    for (const name of Object.keys(wider) as (keyof typeof wider)[]) {
      const [low, high] = measures.intervals![name];
      expect(low).toBeLessThanOrEqual(measures[name]);
      expect(high).toBeGreaterThanOrEqual(measures[name]);
      expect(wider[name][1] - wider[name][0]).toBeGreaterThan(high - low);
    }
  });

  test('intervals of 95 in 100 hold the truth about that often', () => {
    // The truth: the same bins filled from so many examples that nothing is left to chance.
    const truth = measureCalibration(drawExamples(200_000, 'truth', overSure), { binning: 'equal-width', bins: 8 });
    const held = { debiasedEce: 0, logLoss: 0, brier: 0, bias: 0 };
    for (let trial = 0; trial < 150; trial++) {
      const interval = { random: createRandom(trial, 'interval'), resamples: 120 };
      const { intervals } = measureCalibration(drawExamples(500, trial, overSure), { binning: 'equal-width', bins: 8, interval });
      for (const name of Object.keys(held) as (keyof typeof held)[]) {
        const [low, high] = intervals![name];
        if (low <= truth[name] && truth[name] <= high) held[name]++;
      }
    }
    for (const count of Object.values(held)) {
      expect(count).toBeGreaterThan(130);
      expect(count).toBeLessThanOrEqual(150);
    }
  });

  test('groups are drawn whole: copies of a user tell no more than the user', () => {
    const one = drawExamples(300, 3, overSure);
    const repeat = (values: ArrayLike<number>) => Array.from({ length: 1500 }, (_, at) => values[at % 300]!);
    const copied: LabelledScores = {
      scores: Float64Array.from(repeat(one.scores)),
      input: 'logit',
      labels: Uint8Array.from(repeat(one.labels)),
    };
    const groups = Int32Array.from({ length: 1500 }, (_, at) => 7 * (at % 300) - 40);
    const widthOf = (examples: LabelledScores) => {
      const [low, high] = measureCalibration(examples, { interval: { random: createRandom(4), resamples: 400 } }).intervals!.meanLabel;
      return high - low;
    };
    expect(widthOf({ ...copied, groups }) / widthOf(one)).toBeCloseTo(1, 0);
    expect(widthOf(copied) / widthOf(one)).toBeLessThan(0.6);
  });

  test('a resample without any weight is drawn again', () => {
    const examples: LabelledScores = {
      scores: Float64Array.of(0.5, 0.1, 0.2),
      input: 'probability',
      labels: Uint8Array.of(1, 0, 0),
      weights: Float64Array.of(1, 0, 0),
    };
    const { intervals } = measureCalibration(examples, { interval: { random: createRandom(1), resamples: 50 } });
    expect(intervals!.meanLabel).toEqual([1, 1]);
  });

  test.each([
    [{ resamples: 5 }, /resamples is 5/],
    [{ confidence: 1 }, /confidence is 1/],
  ])('refuses %o', (interval, message) => {
    const examples = drawExamples(10, 1);
    expect(() => measureCalibration(examples, { interval: { random: createRandom(1), ...interval } })).toThrow(message);
  });
});
